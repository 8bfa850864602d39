package shell

// words are the texts of the tray and its notification in one language.
type words struct {
	idle, uploading, paused, problem   string // the tray's states
	open, pause, resume, deliver, quit string // the tray's menu
	staysTitle, staysText              string // shown when the window first hides
	click                              string // the action of a notification
	awake                              string // why the computer stays awake, before the order's title
}

var english = words{
	idle: "Nothing to upload", uploading: "Uploading", paused: "Uploads are paused", problem: "A file cannot be uploaded",
	open: "Open Handover", pause: "Pause uploads", resume: "Resume uploads", deliver: "Deliver…", quit: "Quit",
	staysTitle: "Handover goes on", staysText: "It uploads while its window is closed. Open or quit it by the symbol beside the clock.",
	click: "Open", awake: "Work that is due is being uploaded: ",
}

var german = words{
	idle: "Nichts hochzuladen", uploading: "Lädt hoch", paused: "Uploads sind angehalten", problem: "Eine Datei kann nicht hochgeladen werden",
	open: "Handover öffnen", pause: "Uploads anhalten", resume: "Uploads fortsetzen", deliver: "Liefern …", quit: "Beenden",
	staysTitle: "Handover macht weiter", staysText: "Es lädt hoch, während sein Fenster geschlossen ist. Öffne oder beende es über das Symbol neben der Uhr.",
	click: "Öffnen", awake: "Fällige Arbeit wird hochgeladen: ",
}

// words returns the texts in the window's language: de, or English for any other.
func (s *Shell) words() words {
	if s.attention.speaks() == "de" {
		return german
	}
	return english
}
