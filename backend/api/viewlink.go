package api

import "time"

// ViewLink is a link with which one person may look at the work, as the buyer sees it.
type ViewLink struct {
	Number   int        `json:"number" doc:"from 1; never used for another link of the order"`
	Name     string     `json:"name" doc:"of the person"`
	MadeAt   time.Time  `json:"made_at"`
	OpenedAt *time.Time `json:"opened_at" doc:"when the order was last looked at with it, to a quarter of an hour"`
	URL      string     `json:"url" doc:"empty when the server cannot say it, because it has another secret than the one that the link was made with"`
}

// ViewLinks are the current links to look at an order.
type ViewLinks struct {
	Links []ViewLink `json:"links" nullable:"false"`
	Most  int        `json:"most" doc:"how many can work at once"`
}

// NewViewLink is a request for a link to look.
type NewViewLink struct {
	Name string `json:"name" maxLength:"200" doc:"of the person, as the parties shall read it"`
}
