package draft

// Each calls f with every draft until f returns an error. f may change drafts.
func (s *Store) Each(f func(Draft) error) error {
	orders, err := s.Drafts()
	if err != nil {
		return err
	}
	for _, id := range orders {
		d, err := s.Draft(id)
		if err != nil {
			return err
		}
		if err := f(d); err != nil {
			return err
		}
	}
	return nil
}

// Prepared returns the set of orders that have a draft.
func (s *Store) Prepared() (map[string]bool, error) {
	orders, err := s.Drafts()
	prepared := make(map[string]bool, len(orders))
	for _, id := range orders {
		prepared[id] = true
	}
	return prepared, err
}
