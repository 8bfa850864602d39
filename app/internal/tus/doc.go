// Package tus is a client for resumable uploads by the tus protocol, version
// 1.0.0 (https://tus.io/protocols/resumable-upload), with the extensions
// creation, creation-with-upload, termination and, where it is faster,
// concatenation.
//
// One call of [Client.Upload] brings one file to the server. It creates the
// upload or continues an earlier one, gets over broken connections and busy
// servers by asking for the server's offset (tus 1.0, HEAD) and going on from
// there, and ends when the server has acknowledged the last byte or when
// somebody else has to decide. Its errors say who: the file ([ErrSource],
// [ErrSourceChanged]), the way to the server ([ErrNetwork]), or the server
// ([StatusError] and the values that it matches).
//
// The package keeps nothing between calls. The caller stores the upload's URL
// (see [Events]) and the file's [content.Identity], and hands both to the next call.
//
// Memory does not grow with the file: a request owns one buffer, and what it
// holds is hashed and sent from there.
package tus
