# hold.sh FOLDER USER SIGNAL COMMAND...: runs a server until standard input ends, so that it never outlives whoever started
# it, not even after a SIGKILL; then stops it and removes its folder.
folder=$1 user=$2 signal=$3
shift 3
as=()
if [ "$user" != - ] && [ "$(id -u)" -eq 0 ]; then
  chown -R "$user" "$folder"
  as=(setpriv "--reuid=$user" "--regid=$user" --clear-groups)
fi
# A signal to the whole group (Ctrl-C, `timeout`) ends the server; its folder goes all the same.
trap : INT TERM HUP
cd "$folder" || exit 1
for first in "$folder"/before.*; do
  [ -e "$first" ] || continue
  "${as[@]}" bash "$first" >>"$folder/log" 2>&1 || { cat "$folder/log" >&2; rm -rf "$folder"; exit 1; }
done
"${as[@]}" "$@" </dev/null >>"$folder/log" 2>&1 &
server=$!
cat >/dev/null
kill -s "$signal" "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
