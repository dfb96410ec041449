package scenarios
func (l *loader) review(s *Suite) {}
