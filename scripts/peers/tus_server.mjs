// The Node tus server on a folder: `node tus_server.mjs PORT FOLDER`. It says "ready" when it listens.
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const [port, folder] = process.argv.slice(2)
const server = new Server({ path: '/files', datastore: new FileStore({ directory: folder }) })
server.listen({ host: '127.0.0.1', port: Number(port) }, () => console.log('ready'))
