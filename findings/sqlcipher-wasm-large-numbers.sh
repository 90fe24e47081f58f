#!/usr/bin/env bash
# @7mind.io/sqlcipher-wasm 1.2.0, query(): a whole number above 2147483647 as a parameter, and what columns come back as.
#
# Expected: SQLite's INTEGER has 64 bits and JavaScript's number 53, so that 3000000000 is stored as itself; a column of numbers
# is numbers, a BLOB its bytes. Track numbers of DJ libraries have 32 bits without a sign, and use the upper half.
# Seen: the parameter is bound as a signed 32-bit number: -1294967296 is stored, without an error. Every column comes back as
# text, numbers too, and a BLOB is cut at its first zero byte: 41 00 42 43 is "A".
# Who needs the whole number binds it by the functions of SQLite that the package exports (_sqlite3_bind_double).
#
# Needs: Node 20 with npm, bash. Fails when this changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @7mind.io/sqlcipher-wasm@1.2.0 >/dev/null
cat > large.mjs <<'SCRIPT'
import { init } from '@7mind.io/sqlcipher-wasm';

const database = (await init()).open(':memory:');
database.exec('CREATE TABLE t (id INTEGER, number INTEGER, raw BLOB)');
database.query('INSERT INTO t VALUES (?, ?, NULL)', [1, 3000000000]);
database.exec("UPDATE t SET raw = x'41004243'");
console.log(JSON.stringify(database.query('SELECT id, number, raw, length(raw) AS bytes FROM t')));
SCRIPT
seen=$(node large.mjs)
echo "seen: $seen"
[ "$seen" = '[{"id":"1","number":"-1294967296","raw":"A","bytes":"4"}]' ] || { echo 'this has changed'; exit 1; }
