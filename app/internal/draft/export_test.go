package draft

// Verify is for fuzzing.
var Verify = verify

// Between is how long a change may wait for its copy.
const Between = between
