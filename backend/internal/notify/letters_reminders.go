package notify

import "handover/backend/order"

// reminderLetters are the letters about deadlines, and about changes of the order by
// the seller.
var reminderLetters = []letter{
	{
		about: order.DueSoon, to: order.Seller,
		en: words{`“{{.Title}}” is due soon`, `
Your work on “{{.Title}}” for {{.Buyer}} is due on {{at .Due}}.`},
		de: words{`„{{.Title}}“ ist bald fällig`, `
Deine Arbeit an „{{.Title}}“ für {{.Buyer}} ist am {{at .Due}} fällig.`},
	},
	{
		about: order.ReviewEndsSoon, to: order.Buyer,
		en: words{`Please answer: the review of “{{.Title}}” ends soon`, `
The review period of delivery {{.Delivery}} of “{{.Title}}” ends on {{at .ReviewEnds}}.

{{if .Unsent}}{{count .Unsent "comment has" "comments have"}} not been sent yet. Ask for changes to send them. If the order completes automatically, {{.Seller}} gets them only then.{{end}}

If you do nothing, the order completes automatically at that time, and the work counts as accepted. Until then you can accept it, ask for changes, or extend the review.`},
		de: words{`Bitte antworten Sie: Die Überprüfung von „{{.Title}}“ endet bald`, `
Die Überprüfungszeit von Lieferung {{.Delivery}} von „{{.Title}}“ endet am {{at .ReviewEnds}}.

{{if .Unsent}}{{count .Unsent "Kommentar ist" "Kommentare sind"}} noch nicht gesendet. Um sie zu senden, fordern Sie Änderungen an. Wird der Auftrag automatisch abgeschlossen, erhält {{.Seller}} sie erst dann.{{end}}

Wenn Sie nichts tun, wird der Auftrag zu diesem Zeitpunkt automatisch abgeschlossen, und die Arbeit gilt als angenommen. Bis dahin können Sie sie annehmen, Änderungen anfordern oder die Überprüfung verlängern.`},
	},
	{
		about: order.ReviewEndsSoon, to: order.Seller, when: func(e order.Event) bool { return e.Unopened },
		en: words{`{{.Buyer}} has not looked at “{{.Title}}” yet`, `
The review period of delivery {{.Delivery}} of “{{.Title}}” ends on {{at .ReviewEnds}}, and {{.Buyer}} has neither opened the delivery nor downloaded any of it.

You may want to ask {{.Buyer}} whether the link arrived.`},
		de: words{`{{.Buyer}} hat „{{.Title}}“ noch nicht angesehen`, `
Die Überprüfungszeit von Lieferung {{.Delivery}} von „{{.Title}}“ endet am {{at .ReviewEnds}}, und {{.Buyer}} hat die Lieferung bisher weder geöffnet noch etwas davon heruntergeladen.

Vielleicht fragst du nach, ob der Link angekommen ist.`},
	},
	{
		about: order.PaymentCleared, to: order.Seller,
		en: words{`The payment for “{{.Title}}” has cleared`, `
The clearing period of “{{.Title}}” for {{.Buyer}} has ended: your payment has cleared.`},
		de: words{`Die Zahlung für „{{.Title}}“ ist freigegeben`, `
Die Zahlungsabwicklung für „{{.Title}}“ ({{.Buyer}}) ist abgeschlossen: Deine Zahlung ist freigegeben.`},
	},
	{
		about: order.ReviewLinkRenewed, to: order.Buyer,
		en: words{`Your new link to “{{.Title}}”`, `
{{.Seller}} has given you a new link to your order “{{.Title}}”. Earlier links no longer work.`},
		de: words{`Ihr neuer Link zu „{{.Title}}“`, `
{{.Seller}} hat einen neuen Link zu Ihrem Auftrag „{{.Title}}“ für Sie erstellt. Frühere Links funktionieren nicht mehr.`},
	},
	{
		about: order.OrderChanged, to: order.Buyer, when: concernsBuyer,
		en: words{`“{{.Title}}” has changed`, `
{{.Seller}} has changed your order. It is now called “{{.Title}}” and is due on {{at .Due}}.`},
		de: words{`„{{.Title}}“ wurde geändert`, `
{{.Seller}} hat Ihren Auftrag geändert. Er heißt jetzt „{{.Title}}“ und ist am {{at .Due}} fällig.`},
	},
}

// concernsBuyer reports whether the buyer may see the event, which excludes the seller's
// notes.
func concernsBuyer(e order.Event) bool {
	_, visible := e.For(order.Buyer)
	return visible
}
