#!/usr/bin/env bash
# The dependency rules of docs/ARCHITECTURE.md, from what cargo resolves.
. "$(dirname "$0")/lib.sh"
depends() { cargo tree --locked --quiet -p "$1" -e normal --prefix none --format '{lib}' | grep -qx "$2"; }
must_not() {
  if depends "$1" "$2"; then fail "$1 depends on $2: $3"; fi
}
for lib in ffmpeg_next whisper_rs meridian_media meridian_worker; do
  must_not meridian-server "$lib" "the server never touches user bytes with a codec"
done
for crate in meridian-domain meridian-blobs meridian-media meridian-config meridian-cli; do
  must_not "$crate" sea_orm "only the store knows the database"
done
for crate in meridian-domain meridian-media; do
  must_not "$crate" tokio "it has no input or output of its own"
done
must_not meridian-store meridian_blobs "rows and bytes are brought together above"
# Indirectly the server and the worker get sea-orm through the store; none of their own files may name it.
if grep -rnE '\b(sea_orm|sqlx)::' server/src worker/src crates/{domain,blobs,media,config,cli}/src; then
  fail "only crates/store and migrations name sea-orm"
fi
if grep -rlE '\bunsafe\b *(\{|fn|impl)' --include='*.rs' server/src worker/src crates/{domain,store,blobs,config,cli}/src migrations/src; then
  fail "unsafe is for crates/media alone"
fi
say "dependency rules hold"
