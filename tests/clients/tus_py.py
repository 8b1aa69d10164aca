"""tuspy. usage: tus_py.py ENDPOINT TOKEN FILE METADATA_JSON"""
import json
import sys

from tusclient import client

endpoint, token, path, metadata = sys.argv[1:5]
tus = client.TusClient(endpoint, headers={"Authorization": f"Bearer {token}"})
# With checksums: every part is all or nothing.
uploader = tus.uploader(path, chunk_size=200_000, metadata=json.loads(metadata), upload_checksum=True)
uploader.upload()
print(json.dumps({"url": uploader.url, "offset": uploader.offset}))
