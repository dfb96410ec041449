// Package storetest says what a [resilience.Store] must do, as tests: run it on a store of your own.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) (resilience.Store, func() resilience.Store) {
//			s := mine.Open(t.TempDir())
//			return s, func() resilience.Store { s.Close(); s = mine.Open(…); return s }
//		})
//	}
package storetest
