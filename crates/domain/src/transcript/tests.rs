//! Reading, writing, cutting and realigning, on good and hostile texts.

use super::*;

fn word(start_ms: i64, end_ms: i64, text: &str) -> Word {
    Word { start_ms, end_ms, text: text.to_owned(), confidence: 0.5 }
}

fn span(start_ms: i64, end_ms: i64, text: &str) -> Span {
    Span { start_ms, end_ms, text: text.to_owned(), words: spread(text, start_ms, end_ms) }
}

#[test]
fn a_vtt_of_teams_with_voice_tags_is_read() {
    let file = b"WEBVTT\r\n\r\nNOTE made by hand\r\n\r\nid-1\r\n00:00:01.500 --> 00:00:03.000 align:start\r\n\
        <v Ana Lima>Hello &amp; welcome</v>\r\n<i>everybody</i>\r\n\r\n00:03.000 --> 00:04.250\r\n<v Ana Lima>Again</v>\r\n";
    let spans = read(file).unwrap();
    assert_eq!(spans.len(), 2);
    assert_eq!((spans[0].start_ms, spans[0].end_ms), (1_500, 3_000));
    assert_eq!(spans[0].text, "Ana Lima: Hello & welcome everybody");
    assert_eq!(spans[1].text, "Again");
    assert_eq!(spans[1].end_ms, 4_250);
    assert_eq!(spans[0].words.last().unwrap().end_ms, 3_000);
}

#[test]
fn zoom_names_are_said_once_a_turn_and_colons_elsewhere_stay() {
    let zoom = b"WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.000\nBo Chen: One\n\n2\n00:00:01.000 --> 00:00:02.000\nBo Chen: two\n\n\
        3\n00:00:02.000 --> 00:00:03.000\nIda: three\n";
    let texts: Vec<String> = read(zoom).unwrap().into_iter().map(|span| span.text).collect();
    assert_eq!(texts, ["Bo Chen: One", "two", "Ida: three"]);
    let plain = b"00:00:00.000 --> 00:00:01.000\nNote: a\n\n00:00:01.000 --> 00:00:02.000\nb\n\n00:00:02.000 --> 00:00:03.000\nc\n";
    assert_eq!(read(plain).unwrap()[0].text, "Note: a");
}

#[test]
fn srt_with_commas_without_empty_lines_and_in_utf16_is_read() {
    let file = "1\n00:00:01,000 --> 00:00:02,000\nEins\n2\n00:00:02,000 --> 00:00:03,000\nZwei\n";
    let expected: Vec<(i64, String)> = vec![(1_000, "Eins".to_owned()), (2_000, "Zwei".to_owned())];
    let wide: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(file.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [file.as_bytes().to_vec(), wide] {
        let found: Vec<(i64, String)> =
            read(&bytes).unwrap().into_iter().map(|s| (s.start_ms, s.text)).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn what_is_no_transcript_is_refused_with_a_reason() {
    assert_eq!(read(b""), Err(ReadError::Empty));
    assert_eq!(read(b"hello\nworld"), Err(ReadError::Empty));
    assert_eq!(read(b"\xff\x00\x01"), Err(ReadError::NotText));
    assert_eq!(read(b"WEBVTT\n\nx --> y\nz"), Err(ReadError::Times { line: 3 }));
    assert_eq!(read(b"99999:99:99.9 --> 00:01.0\nz"), Err(ReadError::Times { line: 1 }));
    assert_eq!(read(&vec![b'a'; MAX_BYTES + 1]), Err(ReadError::TooLarge));
    let long = format!("00:00.0 --> 00:01.0\n{}", "a".repeat(5_000));
    assert_eq!(read(long.as_bytes()), Err(ReadError::CueTooLong { line: 1 }));
}

#[test]
fn what_is_written_is_read_back_and_markup_is_inert() {
    let nasty = "<script>alert(1)</script> a --> b & c";
    let spans = vec![span(0, 1_000, nasty), span(3_600_000, 3_600_001, "x\n\n00:00.000 --> 00:01.000\ny")];
    let vtt = vtt(&spans);
    assert!(!vtt.contains("<script"), "{vtt}");
    assert_eq!(vtt.matches(" --> ").count(), 2, "only the cues' own arrows: {vtt}");
    assert!(vtt.contains("01:00:00.000 --> 01:00:00.001"));
    let again = read(vtt.as_bytes()).unwrap();
    assert_eq!(again[0].text, nasty);
    assert_eq!(again.len(), 2);
    let srt = srt(&spans);
    assert!(!srt.contains('<') && srt.contains("00:00:00,000 --> 00:00:01,000"), "{srt}");
    let md = md("# A *title*", &spans);
    assert!(md.starts_with("# \\# A \\*title\\*\n") && !md.contains("<script"), "{md}");
    assert!(md.contains("**1:00:00** "), "{md}");
}

#[test]
fn cutting_leaves_no_word_from_outside_and_no_text_of_it() {
    let whole = Span {
        start_ms: 0,
        end_ms: 4_000,
        text: "Secret, then public words. Secret".to_owned(),
        words: vec![
            word(0, 900, "Secret,"),
            word(1_000, 1_500, "then"),
            word(1_500, 2_000, "public"),
            word(2_000, 2_800, "words."),
            word(3_000, 4_000, "Secret"),
        ],
    };
    let part = cut(&whole, 950, 2_900).unwrap();
    assert_eq!(part.text, "then public words.");
    assert_eq!((part.start_ms, part.end_ms, part.words.len()), (1_000, 2_800, 3));
    assert_eq!(earlier(&part, 950).words[0].start_ms, 50);
    assert!(cut(&whole, 5_000, 6_000).is_none());
}

#[test]
fn an_edit_keeps_the_times_of_words_that_stayed() {
    let old =
        [word(0, 500, "We"), word(500, 900, "shit"), word(900, 1_200, "on"), word(1_500, 2_000, "Friday.")];
    let new = realign(&old, "We ship it on Friday!", 0, 2_000);
    let texts: Vec<&str> = new.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(texts, ["We", "ship", "it", "on", "Friday!"]);
    assert_eq!((new[0].start_ms, new[0].confidence), (0, 0.5));
    assert_eq!((new[1].start_ms, new[2].end_ms, new[1].confidence), (500, 900, 1.0));
    assert_eq!((new[3].start_ms, new[4].start_ms, new[4].end_ms), (900, 1_500, 2_000));
    assert!(new.windows(2).all(|pair| pair[0].start_ms <= pair[1].start_ms));
    assert_eq!(realign(&old, "", 0, 2_000), []);
}

#[test]
fn random_bytes_never_stop_the_reader() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let pieces: [&[u8]; 14] = [
        b"\n\n00:01.000 --> 00:02.000\n",
        b"word",
        b"-->",
        b"00:00:01.000",
        b"\n",
        b"\r\n",
        b"<v ",
        b">",
        b"&lt;",
        b"WEBVTT",
        b"NOTE",
        b"\x00",
        b"\xff",
        b"1",
    ];
    let mut read_some = 0;
    for _ in 0..3_000 {
        let mut file: Vec<u8> = Vec::new();
        for _ in 0..next() % 40 {
            file.extend_from_slice(pieces[usize::try_from(next() % 14).unwrap()]);
        }
        if let Ok(spans) = read(&file) {
            read_some += 1;
            assert!(spans.iter().all(|span| span.start_ms <= span.end_ms && !span.text.is_empty()));
        }
    }
    assert!(read_some > 0, "the generator makes some files that can be read");
}
