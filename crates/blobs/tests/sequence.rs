//! An object sequence reads like the one file it stands for, compared with the bytes in memory.
#![expect(clippy::unwrap_used, reason = "tests")]

use bytes::Bytes;
use futures::TryStreamExt;
use meridian_blobs::{BlobError, Blobs, Key, ObjectSequence, Part};
use proptest::prelude::*;

async fn sequence(blobs: &Blobs, sizes: &[usize]) -> (ObjectSequence, Vec<u8>) {
    let mut whole = Vec::new();
    let mut parts = ObjectSequence::new(blobs.clone(), []);
    for (n, size) in sizes.iter().enumerate() {
        let start = whole.len();
        whole.extend((start..start + size).map(|i| u8::try_from(i * 31 % 251).unwrap()));
        let key = Key::parse(&format!("s/{n:08}")).unwrap();
        blobs.put_new(&key, Bytes::copy_from_slice(&whole[start..])).await.unwrap();
        parts.push(Part { key, size_bytes: u64::try_from(*size).unwrap() });
    }
    (parts, whole)
}

async fn streamed(parts: &ObjectSequence, range: std::ops::Range<u64>) -> Result<Vec<u8>, BlobError> {
    let pieces: Vec<Bytes> = parts.stream(range)?.try_collect().await?;
    Ok(pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_range_equals_the_same_bytes_in_memory(
        sizes in prop::collection::vec(prop_oneof![Just(0), 1..40_usize, 200_000..600_000_usize], 0..9),
        cuts in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 1..6),
        local in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let url = if local { format!("file://{}", folder.path().display()) } else { "memory://".to_owned() };
            let blobs = Blobs::open(&url).unwrap();
            let (parts, whole) = sequence(&blobs, &sizes).await;
            let len = u64::try_from(whole.len()).unwrap();
            prop_assert_eq!(parts.size_bytes(), len);
            prop_assert_eq!(&streamed(&parts, 0..len).await.unwrap(), &whole);
            for (a, b) in cuts {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
                    reason = "a fraction of the length")]
                let at = |x: f64| (x * (whole.len() + 1) as f64) as usize;
                let (from, to) = (at(a).min(at(b)), at(a).max(at(b)));
                let range = u64::try_from(from).unwrap()..u64::try_from(to).unwrap();
                if to > whole.len() { continue; }
                prop_assert_eq!(&streamed(&parts, range.clone()).await.unwrap(), &whole[from..to]);
                prop_assert_eq!(&parts.read(range).await.unwrap()[..], &whole[from..to]);
            }
            for bad in [0..len + 1, len + 1..len + 1, u64::MAX - 1..u64::MAX] {
                let refused = matches!(streamed(&parts, bad).await, Err(BlobError::OutOfRange { .. }));
                prop_assert!(refused);
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_lost_part_is_an_error_and_not_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&format!("file://{}", folder.path().display())).unwrap();
    let (parts, whole) = sequence(&blobs, &[10, 20, 30]).await;
    blobs.delete(&Key::parse("s/00000001").unwrap()).await.unwrap();
    assert!(matches!(streamed(&parts, 0..60).await, Err(BlobError::NotFound { .. })));
    assert_eq!(streamed(&parts, 30..60).await.unwrap(), whole[30..60]);
}

#[tokio::test]
async fn at_most_four_pieces_are_read_ahead() {
    // Removing what lies behind the fourth piece after the first was taken must still be noticed.
    let blobs = Blobs::open("memory://").unwrap();
    let (parts, _whole) = sequence(&blobs, &[8; 12]).await;
    let mut stream = parts.stream(0..96).unwrap();
    assert_eq!(stream.try_next().await.unwrap().unwrap().len(), 8);
    for n in 5..12 {
        blobs.delete(&Key::parse(&format!("s/{n:08}")).unwrap()).await.unwrap();
    }
    let mut came = 1;
    let end = loop {
        match stream.try_next().await {
            Ok(Some(_)) => came += 1,
            Ok(None) => break None,
            Err(e) => break Some(e),
        }
    };
    assert_eq!(came, 5);
    assert!(matches!(end, Some(BlobError::NotFound { .. })), "{end:?}");
}
