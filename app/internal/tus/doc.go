// Package tus is a client for resumable uploads by the tus protocol, version
// 1.0.0 (https://tus.io/protocols/resumable-upload), with the extensions
// creation, creation-with-upload, termination and, where it is faster,
// concatenation.
//
// [Client.Upload] sends one file to the server. It creates an upload or continues an
// earlier one. After a broken connection or an overload it asks for the server's offset
// (tus 1.0, HEAD) and continues there. It returns when the server has acknowledged the
// last byte, or on an error that needs a decision about the file ([ErrSource],
// [ErrSourceChanged]), the connection ([ErrNetwork]) or the server ([StatusError] and
// the values that it matches).
//
// The package stores nothing between calls. The caller stores the upload's URL (see
// [Events]) and the file's [content.Identity], and passes both to the next call.
//
// Memory does not grow with the file: each request has one buffer, from which content
// is hashed and sent.
package tus
