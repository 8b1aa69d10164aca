#!/bin/sh
# Makes the small recordings under tests/fixtures/media, which are committed:
# run it again only to change them. Needs ffmpeg and espeak-ng.
set -eu
cd "$(dirname "$0")/../tests/fixtures/media"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
quiet="-hide_banner -loglevel error -y"
# The same bytes each time: no dates, no versions.
plain="-map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact"

say() { # FILE TEXT
    espeak-ng -v en-us -s 140 -p 45 -w "$1" "$2"
}

# A spoken update of about twelve seconds, as a browser records it. Its words
# are in spoken-update.txt; tests search for "customer database".
text="Good morning. The payment service is finished and all tests are green. \
Tomorrow we will move the customer database to the new server. \
Please review the migration plan before lunch."
printf '%s\n' "$text" >spoken-update.txt
say "$scratch/update.wav" "$text"
length=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$scratch/update.wav")
total=$(awk "BEGIN { print $length + 1.6 }")
ffmpeg $quiet -f lavfi -i "testsrc2=size=640x360:rate=15:duration=$total" -i "$scratch/update.wav" \
    -vf "boxblur=2:1,eq=saturation=0.7" -c:v libvpx -deadline good -cpu-used 4 -b:v 160k -g 60 \
    -t "$total" -af "adelay=800,apad" -c:a libopus -b:a 40k -ar 48000 -ac 1 $plain spoken-update.webm

# Sound only.
say "$scratch/voice.wav" "This is a voice update without a picture. The search index is ready for review."
ffmpeg $quiet -i "$scratch/voice.wav" -c:a libopus -b:a 32k -ar 48000 -ac 1 $plain voice.webm

# A flash and a beep together at 1, 3 and 5 seconds: shows whether sound and
# picture stay together.
flash="color=black:size=320x180:rate=30:duration=6,drawbox=c=white:t=fill:enable='between(mod(t,2),0.999,1.0999)'"
beep="aevalsrc='0.5*sin(2*PI*1000*t)*between(mod(t,2),1,1.1)':s=48000:d=6"
ffmpeg $quiet -f lavfi -i "$flash" -f lavfi -i "$beep" -c:v libvpx -deadline good -cpu-used 4 -b:v 100k \
    -c:a libopus -b:a 48k $plain flash-beep.webm
ffmpeg $quiet -f lavfi -i "$flash" -f lavfi -i "$beep" -c:v libx264 -preset medium -crf 30 -g 60 -bf 2 \
    -pix_fmt yuv420p -c:a aac -b:a 64k $plain flash-beep-b-frames.mp4

# H.264 and AAC with the index at the end (ffmpeg's default), key frames each second.
ffmpeg $quiet -f lavfi -i "testsrc2=size=320x180:rate=15:duration=6" -f lavfi -i "sine=frequency=330:duration=6" \
    -c:v libx264 -preset medium -crf 34 -g 15 -bf 0 -pix_fmt yuv420p -c:a aac -b:a 48k $plain moov-at-end.mp4
# The same with the index in front, and in fragments.
ffmpeg $quiet -i moov-at-end.mp4 -c copy $plain -movflags +faststart moov-in-front.mp4
ffmpeg $quiet -i moov-at-end.mp4 -c copy $plain -movflags +frag_keyframe+empty_moov fragments.mp4

# A phone held upright: coded 320x180, shown 180x320; the left half is red.
ffmpeg $quiet -f lavfi -i "color=blue:size=320x180:rate=15:duration=3,drawbox=w=160:c=red:t=fill" \
    -c:v libx264 -preset medium -crf 30 -g 15 -pix_fmt yuv420p $plain "$scratch/flat.mp4"
ffmpeg $quiet -display_rotation 270 -i "$scratch/flat.mp4" -c copy $plain rotated.mp4 2>/dev/null ||
    ffmpeg $quiet -i "$scratch/flat.mp4" -c copy -metadata:s:v:0 rotate=90 -fflags +bitexact rotated.mp4

# Key frames too far apart to be copied from the second one on.
ffmpeg $quiet -f lavfi -i "testsrc2=size=192x108:rate=10:duration=20" -c:v libx264 -preset medium -crf 36 \
    -force_key_frames "0,4" -g 600 -sc_threshold 0 -pix_fmt yuv420p $plain sparse-keys.mp4
ls -l
