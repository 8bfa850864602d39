package notify

import "handover/backend/order"

// letters are all letters, by event and recipient. They address sellers as the window
// does, and buyers as their page does.
var letters = []letter{
	{
		about: order.OrderPlaced, to: order.Buyer,
		en: words{`{{.Seller}} is working on “{{.Title}}” for you`, `
{{.Seller}} has accepted your order “{{.Title}}”. The work is due on {{at .Due}}.

You can follow the order at any time, write to {{.Seller}}, and review the work once it is delivered. You do not need an account.`},
		de: words{`{{.Seller}} arbeitet für Sie an „{{.Title}}“`, `
{{.Seller}} hat Ihren Auftrag „{{.Title}}“ angenommen. Die Arbeit ist am {{at .Due}} fällig.

Sie können den Auftrag jederzeit verfolgen, {{.Seller}} schreiben und die Arbeit überprüfen, sobald sie geliefert ist. Ein Konto brauchen Sie dafür nicht.`},
	},
	{
		about: order.WorkDelivered, to: order.Buyer,
		en: words{`Delivery {{.Delivery}} of “{{.Title}}” is ready for your review`, `
{{.Seller}} has delivered “{{.Title}}” (delivery {{.Delivery}}, {{count .Files "file" "files"}}{{if .Links}}, {{count .Links "link" "links"}}{{end}}) and writes:

{{if .Done}}The delivery addresses {{.Done}} of your points; the order page shows which.{{end}}

Please review the work by {{at .ReviewEnds}}: accept it, ask for changes, or extend the review.

If you do nothing, the order completes automatically at that time, and the work counts as accepted.`},
		de: words{`Lieferung {{.Delivery}} von „{{.Title}}“ ist bereit zur Überprüfung`, `
{{.Seller}} hat „{{.Title}}“ geliefert (Lieferung {{.Delivery}}, {{count .Files "Datei" "Dateien"}}{{if .Links}}, {{count .Links "Link" "Links"}}{{end}}) und schreibt:

{{if .Done}}Die Lieferung erledigt {{.Done}} Ihrer Punkte; die Seite des Auftrags zeigt, welche.{{end}}

Bitte überprüfen Sie die Arbeit bis {{at .ReviewEnds}}: Nehmen Sie sie an, fordern Sie Änderungen an oder verlängern Sie die Überprüfung.

Wenn Sie nichts tun, wird der Auftrag zu diesem Zeitpunkt automatisch abgeschlossen, und die Arbeit gilt als angenommen.`},
	},
	{
		about: order.ChangesRequested, to: order.Seller,
		en: words{`{{.Buyer}} asks for changes to “{{.Title}}”`, `
{{.Buyer}} has reviewed delivery {{.Delivery}} of “{{.Title}}” and asks for changes:

The order is in revision: it does not complete automatically until you deliver revised work. Its due date is {{at .Due}}.`},
		de: words{`{{.Buyer}} wünscht Änderungen an „{{.Title}}“`, `
{{.Buyer}} hat sich Lieferung {{.Delivery}} von „{{.Title}}“ angesehen und wünscht Änderungen:

Der Auftrag ist in Überarbeitung: Bis du eine überarbeitete Fassung lieferst, wird nichts automatisch abgeschlossen. Der Liefertermin ist {{at .Due}}.`},
	},
	{
		about: order.ReviewExtended, to: order.Seller,
		en: words{`{{.Buyer}} needs more time to review “{{.Title}}”`, `
{{.Buyer}} has extended the review of delivery {{.Delivery}} of “{{.Title}}” by {{count .Days "day" "days"}}.

The review now ends on {{at .ReviewEnds}}. Without an answer the order completes automatically then.`},
		de: words{`{{.Buyer}} nimmt sich mehr Zeit für „{{.Title}}“`, `
{{.Buyer}} hat die Überprüfung von Lieferung {{.Delivery}} von „{{.Title}}“ um {{count .Days "Tag" "Tage"}} verlängert.

Die Überprüfung endet jetzt am {{at .ReviewEnds}}. Ohne Antwort wird der Auftrag dann automatisch abgeschlossen.`},
	},
	{
		about: order.OrderCompleted, to: order.Buyer, always: true,
		en: words{`“{{.Title}}” is completed`, `
{{if .ByClock}}The review period of “{{.Title}}” has ended, so the work counts as accepted. The order is completed.{{else}}You have accepted “{{.Title}}”. The order is completed. Thank you.{{end}}

{{if .Sent}}{{count .Sent "unsent comment was" "unsent comments were"}} sent to {{.Seller}} with it.{{end}}

The payment to {{.Seller}} clears on {{at .Clears}}.`},
		de: words{`„{{.Title}}“ ist abgeschlossen`, `
{{if .ByClock}}Die Überprüfungszeit von „{{.Title}}“ ist um, die Arbeit gilt damit als angenommen. Der Auftrag ist abgeschlossen.{{else}}Sie haben „{{.Title}}“ angenommen. Der Auftrag ist abgeschlossen. Vielen Dank.{{end}}

{{if .Sent}}{{count .Sent "Kommentar, den Sie noch nicht gesendet hatten, ging" "Kommentare, die Sie noch nicht gesendet hatten, gingen"}} damit an {{.Seller}}.{{end}}

Die Zahlung an {{.Seller}} wird am {{at .Clears}} freigegeben.`},
	},
	{
		about: order.OrderCompleted, to: order.Seller, always: true,
		en: words{`“{{.Title}}” is completed`, `
{{if .ByClock}}The review period of “{{.Title}}” has ended without an answer. The order is completed.{{else}}{{.Buyer}} has accepted “{{.Title}}”. The order is completed.{{end}}{{if .Sent}} {{count .Sent "comment was" "comments were"}} sent with it:{{end}}

Payment clearing has begun: your payment clears on {{at .Clears}}.`},
		de: words{`„{{.Title}}“ ist abgeschlossen`, `
{{if .ByClock}}Die Überprüfungszeit von „{{.Title}}“ ist ohne Antwort abgelaufen. Der Auftrag ist abgeschlossen.{{else}}{{.Buyer}} hat „{{.Title}}“ angenommen. Der Auftrag ist abgeschlossen.{{end}}{{if .Sent}} {{count .Sent "Kommentar war" "Kommentare waren"}} bis dahin nicht gesendet:{{end}}

Die Zahlungsabwicklung hat begonnen: Deine Zahlung wird am {{at .Clears}} freigegeben.`},
	},
	{
		about: order.MessageWritten, to: order.Buyer,
		en: words{`Message from {{.Seller}} about “{{.Title}}”`, `
{{.Seller}} writes to you about “{{.Title}}”:

Answer on the order page: replies to this e-mail are not read.`},
		de: words{`Nachricht von {{.Seller}} zu „{{.Title}}“`, `
{{.Seller}} schreibt Ihnen zu „{{.Title}}“:

Antworten Sie bitte auf der Seite des Auftrags: Eine Antwort auf diese E-Mail erreicht niemanden.`},
	},
	{
		about: order.MessageWritten, to: order.Seller,
		en: words{`Message from {{.Buyer}} about “{{.Title}}”`, `
{{.Buyer}} writes to you about “{{.Title}}”:

Answer in Handover: replies to this e-mail are not read.`},
		de: words{`Nachricht von {{.Buyer}} zu „{{.Title}}“`, `
{{.Buyer}} schreibt dir zu „{{.Title}}“:

Antworte bitte in Handover: Eine Antwort auf diese E-Mail erreicht niemanden.`},
	},
}
