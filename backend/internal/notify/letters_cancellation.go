package notify

import "handover/backend/order"

// cancellationLetters are the letters about proposals to cancel. Both parties get the
// same text, with the other party's name.
var cancellationLetters = []letter{
	{
		about: order.CancellationProposed, to: order.Buyer,
		en: words{`{{.Seller}} proposes to cancel “{{.Title}}”`, `
{{.Seller}} proposes to cancel the order “{{.Title}}”.

Agree or decline by {{at .Lapses}}. Without your answer the proposal lapses then, and the order continues. Until this is settled, the order does not complete automatically.`},
		de: words{`{{.Seller}} möchte „{{.Title}}“ stornieren`, `
{{.Seller}} schlägt vor, den Auftrag „{{.Title}}“ zu stornieren.

Stimmen Sie bis {{at .Lapses}} zu oder lehnen Sie ab. Ohne Ihre Antwort verfällt der Vorschlag dann, und der Auftrag geht weiter. Bis das geklärt ist, wird nichts automatisch abgeschlossen.`},
	},
	{
		about: order.CancellationWithdrawn, to: order.Buyer,
		en: words{`“{{.Title}}” will not be cancelled after all`, `
{{.Seller}} has withdrawn the proposal to cancel “{{.Title}}”. The order continues.{{if not .ReviewEnds.IsZero}}

The review period continues and ends on {{at .ReviewEnds}}.{{end}}`},
		de: words{`„{{.Title}}“ soll doch nicht storniert werden`, `
{{.Seller}} hat den Vorschlag zurückgezogen, „{{.Title}}“ zu stornieren. Der Auftrag geht weiter.{{if not .ReviewEnds.IsZero}}

Die Überprüfungszeit läuft weiter und endet am {{at .ReviewEnds}}.{{end}}`},
	},
	{
		about: order.CancellationDeclined, to: order.Buyer,
		en: words{`{{.Seller}} does not want to cancel “{{.Title}}”`, `
{{.Seller}} has declined your proposal to cancel “{{.Title}}”. The order continues.{{if not .ReviewEnds.IsZero}}

The review period continues and ends on {{at .ReviewEnds}}.{{end}}`},
		de: words{`{{.Seller}} möchte „{{.Title}}“ nicht stornieren`, `
{{.Seller}} hat Ihren Vorschlag abgelehnt, „{{.Title}}“ zu stornieren. Der Auftrag geht weiter.{{if not .ReviewEnds.IsZero}}

Die Überprüfungszeit läuft weiter und endet am {{at .ReviewEnds}}.{{end}}`},
	},
	{
		about: order.CancellationLapsed, to: order.Buyer,
		en: words{`“{{.Title}}” continues: the proposal to cancel has lapsed`, `
Nobody answered the proposal to cancel “{{.Title}}” in time, so it has lapsed. The order continues.{{if not .ReviewEnds.IsZero}}

The review period continues and ends on {{at .ReviewEnds}}.{{end}}`},
		de: words{`„{{.Title}}“ geht weiter: Der Vorschlag zu stornieren ist verfallen`, `
Der Vorschlag, „{{.Title}}“ zu stornieren, wurde nicht rechtzeitig beantwortet und ist verfallen. Der Auftrag geht weiter.{{if not .ReviewEnds.IsZero}}

Die Überprüfungszeit läuft weiter und endet am {{at .ReviewEnds}}.{{end}}`},
	},
	{
		about: order.OrderCancelled, to: order.Buyer,
		en: words{`“{{.Title}}” is cancelled`, `
{{.Seller}} has agreed to your proposal: the order “{{.Title}}” is cancelled. No payment is due.`},
		de: words{`„{{.Title}}“ ist storniert`, `
{{.Seller}} hat Ihrem Vorschlag zugestimmt: Der Auftrag „{{.Title}}“ ist storniert. Es ist keine Zahlung fällig.`},
	},
	{
		about: order.CancellationProposed, to: order.Seller,
		en: words{`{{.Buyer}} proposes to cancel “{{.Title}}”`, `
{{.Buyer}} proposes to cancel the order “{{.Title}}”.

Agree or decline by {{at .Lapses}}. Without your answer the proposal lapses then, and the order continues. Until this is settled, the order does not complete automatically.`},
		de: words{`{{.Buyer}} möchte „{{.Title}}“ stornieren`, `
{{.Buyer}} schlägt vor, den Auftrag „{{.Title}}“ zu stornieren.

Stimm bis {{at .Lapses}} zu oder lehne ab. Ohne deine Antwort verfällt der Vorschlag dann, und der Auftrag geht weiter. Bis das geklärt ist, wird nichts automatisch abgeschlossen.`},
	},
	{
		about: order.CancellationWithdrawn, to: order.Seller,
		en: words{`“{{.Title}}” will not be cancelled after all`, `
{{.Buyer}} has withdrawn the proposal to cancel “{{.Title}}”. The order continues.{{if not .ReviewEnds.IsZero}}

The review period continues and ends on {{at .ReviewEnds}}.{{end}}`},
		de: words{`„{{.Title}}“ soll doch nicht storniert werden`, `
{{.Buyer}} hat den Vorschlag zurückgezogen, „{{.Title}}“ zu stornieren. Der Auftrag geht weiter.{{if not .ReviewEnds.IsZero}}

Die Überprüfungszeit läuft weiter und endet am {{at .ReviewEnds}}.{{end}}`},
	},
	{
		about: order.CancellationDeclined, to: order.Seller,
		en: words{`{{.Buyer}} does not want to cancel “{{.Title}}”`, `
{{.Buyer}} has declined your proposal to cancel “{{.Title}}”. The order continues.{{if not .ReviewEnds.IsZero}}

The review period continues and ends on {{at .ReviewEnds}}.{{end}}`},
		de: words{`{{.Buyer}} möchte „{{.Title}}“ nicht stornieren`, `
{{.Buyer}} hat deinen Vorschlag abgelehnt, „{{.Title}}“ zu stornieren. Der Auftrag geht weiter.{{if not .ReviewEnds.IsZero}}

Die Überprüfungszeit läuft weiter und endet am {{at .ReviewEnds}}.{{end}}`},
	},
	{
		about: order.CancellationLapsed, to: order.Seller,
		en: words{`“{{.Title}}” continues: the proposal to cancel has lapsed`, `
Nobody answered the proposal to cancel “{{.Title}}” in time, so it has lapsed. The order continues.{{if not .ReviewEnds.IsZero}}

The review period continues and ends on {{at .ReviewEnds}}.{{end}}`},
		de: words{`„{{.Title}}“ geht weiter: Der Vorschlag zu stornieren ist verfallen`, `
Der Vorschlag, „{{.Title}}“ zu stornieren, wurde nicht rechtzeitig beantwortet und ist verfallen. Der Auftrag geht weiter.{{if not .ReviewEnds.IsZero}}

Die Überprüfungszeit läuft weiter und endet am {{at .ReviewEnds}}.{{end}}`},
	},
	{
		about: order.OrderCancelled, to: order.Seller,
		en: words{`“{{.Title}}” is cancelled`, `
{{.Buyer}} has agreed to your proposal: the order “{{.Title}}” is cancelled. No payment is due.`},
		de: words{`„{{.Title}}“ ist storniert`, `
{{.Buyer}} hat deinem Vorschlag zugestimmt: Der Auftrag „{{.Title}}“ ist storniert. Es ist keine Zahlung fällig.`},
	},
}
