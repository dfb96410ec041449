//go:build !unix

package serve

func descriptors() int { return mostConnections + spare }
