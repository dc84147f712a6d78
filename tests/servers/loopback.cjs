// Keeps a server that would listen on every address of the machine to
// 127.0.0.1: `NODE_OPTIONS=--require=.../loopback.cjs`.
//
// Node's `listen` in all its forms ends in `_listen2`, which is where the
// address is known and nothing is bound yet. To pass a host to `listen` itself
// would make it asynchronous, and programs that ask for `address()` right after
// it would get none.
//
// With LOOPBACK_ANNOUNCE in the environment each port that is bound is said on
// stdout, for programs that do not say which they got when asked for any. From
// then on they log nothing: a reader of that line may stop reading, and a full
// pipe without a reader would block them.
'use strict';

const { Server } = require('node:net');
const everywhere = new Set([undefined, null, '', '::', '0.0.0.0']);
const bind = Server.prototype._listen2;

if (typeof bind !== 'function')
  throw new Error('loopback.cjs does not know this version of Node');

function announce() {
  console.log(`listening on http://127.0.0.1:${this.address().port}`);
  console.log = console.error = () => {};
}

Server.prototype._listen2 = function (address, port, type, ...rest) {
  // A Unix socket's path comes with the port -1.
  if (port < 0)
    return bind.call(this, address, port, type, ...rest);
  if (process.env.LOOPBACK_ANNOUNCE !== undefined)
    this.once('listening', announce);
  if (everywhere.has(address))
    return bind.call(this, '127.0.0.1', port, 4, ...rest);
  return bind.call(this, address, port, type, ...rest);
};
