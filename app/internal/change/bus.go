package change

// Bus passes changes to its listeners. The zero value has none.
type Bus struct{ listeners []func(Change) }

// Listen adds a listener. It must return soon, because each change waits for it.
// All listeners are added before the first change.
func (b *Bus) Listen(listener func(Change)) { b.listeners = append(b.listeners, listener) }

// Tell passes a change to every listener.
func (b *Bus) Tell(kind Kind, order string) {
	for _, listen := range b.listeners {
		listen(Change{Kind: kind, Order: order})
	}
}
