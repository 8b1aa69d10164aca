#!/bin/sh
# tus 1.0 by hand with curl: create, send a part, ask HEAD, try a wrong offset, send the rest.
# usage: tus_curl.sh ENDPOINT TOKEN FILE TEAM_ID
set -eu
endpoint=$1 token=$2 file=$3 team=$4
size=$(wc -c <"$file")
part=$((size / 3))
origin=$(printf %s "$endpoint" | sed 's#\(https\?://[^/]*\).*#\1#')
call() { curl -sS -H "Authorization: Bearer $token" -H 'Tus-Resumable: 1.0.0' "$@"; }
patch() { call -o /dev/null -w '%{http_code}' -X PATCH -H 'Content-Type: application/offset+octet-stream' -H "Upload-Offset: $1" --data-binary @- "$url"; }
base64_of() { printf %s "$1" | base64 -w0; }

location=$(call -i -X POST -H "Upload-Length: $size" -H 'Content-Length: 0' \
  -H "Upload-Metadata: filename $(base64_of "$(basename "$file")"),team_id $(base64_of "$team")" "$endpoint" |
  tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
url=$origin$location
first=$(head -c "$part" "$file" | patch 0)
offset=$(call -I "$url" | tr -d '\r' | sed -n 's/^[Uu]pload-[Oo]ffset: //p')
wrong=$(printf x | patch 1)
rest=$(tail -c +"$((offset + 1))" "$file" | patch "$offset")
end=$(call -I "$url" | tr -d '\r' | sed -n 's/^[Uu]pload-[Oo]ffset: //p')
printf '{"url":"%s","first":%s,"offset":%s,"wrong":%s,"rest":%s,"end":%s}\n' "$url" "$first" "$offset" "$wrong" "$rest" "$end"
