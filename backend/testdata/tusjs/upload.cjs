// Uploads a file with tus-js-client, as its own documentation shows it:
//   node upload.cjs PACKAGE_JSON '{"endpoint":…,"token":…,"file":…,"metadata":{…},"url":…,"stopAt":…,"parallel":…}'
// PACKAGE_JSON is that of the project whose node_modules has the client. Prints the
// upload's address when it is done, or when it stopped itself after so many bytes.
const { createReadStream } = require('node:fs')
const { createRequire } = require('node:module')
const tus = createRequire(process.argv[2])('tus-js-client')
const want = JSON.parse(process.argv[3])

const upload = new tus.Upload(createReadStream(want.file), {
  endpoint: want.endpoint,
  uploadUrl: want.url || null,
  uploadSize: want.parallel ? null : want.size, // in parts it looks at the file itself
  parallelUploads: want.parallel || 1,
  headers: { Authorization: `Bearer ${want.token}` },
  metadata: want.metadata,
  metadataForPartialUploads: want.metadata,
  retryDelays: [0, 100, 300],
  chunkSize: want.stopAt || Number.POSITIVE_INFINITY,
  async onChunkComplete() {
    if (want.stopAt) {
      await upload.abort()
      console.log(upload.url)
      process.exit(0)
    }
  },
  onSuccess() {
    console.log(upload.url)
  },
  onError(error) {
    console.error(String(error))
    process.exit(1)
  }
})
upload.start()
