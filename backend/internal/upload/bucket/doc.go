// Package bucket keeps the content of uploads in a bucket of a service that speaks
// S3, for one server or several. All keys begin with the prefix of its [Location]:
//
//	content/<id>        the content of a finished upload or part
//	open/<id>.json      the info of an unfinished upload
//	done/<id>.json      the parts of a finished final upload
//	tail/<id>/<number>  acknowledged bytes that are too few for a part
//	probe/<random>      a test whether the bucket can be written to
//	owner               the owner of the content
//
// A bucket has no links and cannot rename. Equal content is therefore stored twice,
// and a final upload is assembled from its first part on.
package bucket
