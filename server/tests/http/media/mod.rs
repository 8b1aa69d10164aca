//! Media delivery as api.md and security.md (25, 26) promise it.

mod addresses;
mod meanwhile;
mod playlists;

use bytes::Bytes;
use meridian_blobs::{Key, layout};
use meridian_domain::enums::UpdateKind;
use meridian_domain::ids::{GenerationId, RenditionId, UpdateId};
use meridian_store::repo::jobs::{self, Lease, Sources};
use meridian_store::repo::processing::{self, MediaEnd, NewArtefact, NewInit, NewRendition, NewSegment};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client};
use crate::uploads::webm;
use crate::world::World;

/// An update whose media a worker is making, as far as the rows and objects go.
pub(crate) struct Studio {
    world: World,
    update: UpdateId,
    lease: Lease,
    generation: GenerationId,
}

/// A box of an MP4.
fn mp4_box(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes(), &kind, content].concat()
}

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// Init bytes of one track of pictures with 1000 ticks a second.
fn init_bytes() -> Vec<u8> {
    let tkhd = mp4_box(*b"tkhd", &words(&[7, 0, 0, 1]));
    let mdhd = mp4_box(*b"mdhd", &words(&[0, 0, 0, 1000, 0]));
    let hdlr = mp4_box(*b"hdlr", &[&[0; 8], b"vide".as_slice(), &[0; 13]].concat());
    let trak = mp4_box(*b"trak", &[tkhd, mp4_box(*b"mdia", &[mdhd, hdlr].concat())].concat());
    let movie = mp4_box(*b"mvhd", &words(&[0, 0, 0, 1000, 0]));
    let mvex = mp4_box(*b"mvex", &mp4_box(*b"trex", &words(&[0, 1, 1, 0, 0, 0])));
    [mp4_box(*b"ftyp", b"iso6\0\0\0\0"), mp4_box(*b"moov", &[movie, trak, mvex].concat())].concat()
}

const STORYBOARD: &[u8] = b"WEBVTT\n\n00:00:00.000 --> 00:00:08.000\nstoryboard.jpg#xywh=0,0,16,16\n\n\
    00:00:08.000 --> 00:00:20.000\nstoryboard.jpg#xywh=16,0,16,16\n";
/// Four seconds a pixel.
const PEAKS: &[u8] =
    b"{\"version\":2,\"channels\":1,\"sample_rate\":1000,\"samples_per_pixel\":4000,\"bits\":8,\
    \"length\":5,\"data\":[0,1,2,3,4,5,6,7,8,9]}";

/// A coded picture.
fn picture(name: &str, seq: i64, second: i64) -> String {
    format!("{name} segment {seq} second {second} ").repeat(500)
}

/// The bytes of a segment: a picture each second.
fn bytes_of(name: &str, seq: i64) -> Bytes {
    let pictures: Vec<String> = (0..4).map(|second| picture(name, seq, second)).collect();
    let head = |offset: u32| {
        let mut trun = words(&[0x0100_0f01, 4, offset]);
        for one in &pictures {
            trun.extend(words(&[1000, u32::try_from(one.len()).unwrap(), 0x0200_0000, 0]));
        }
        let time = [words(&[0x0100_0000]), (seq * 4000).to_be_bytes().to_vec()].concat();
        let traf =
            [mp4_box(*b"tfhd", &words(&[0x02_0000, 1])), mp4_box(*b"tfdt", &time), mp4_box(*b"trun", &trun)];
        let mfhd = mp4_box(*b"mfhd", &words(&[0, u32::try_from(seq).unwrap() + 1]));
        mp4_box(*b"moof", &[mfhd, mp4_box(*b"traf", &traf.concat())].concat())
    };
    let offset = u32::try_from(head(0).len()).unwrap() + 8;
    [head(offset), mp4_box(*b"mdat", pictures.concat().as_bytes())].concat().into()
}

impl Studio {
    /// Uploaded whole, claimed by a worker, nothing published yet.
    async fn new() -> Self {
        let world = World::new().await;
        let made = world.video(&world.ada, world.private, json!({})).await;
        let update: UpdateId = made["id"].as_str().unwrap().parse().unwrap();
        let file = webm(9_000);
        let request = world
            .ada
            .request(Method::POST, made["upload_url"].as_str().unwrap())
            .header("tus-resumable", "1.0.0")
            .header("upload-length", file.len().to_string())
            .header("content-type", "application/offset+octet-stream")
            .body(file);
        Answer::of(request).await.expect(201);
        let server = &world.server;
        let (lease, generation) = server
            .write(async |tx| {
                let claimed = jobs::claim(tx, &["process_update"], Sources::Any, "test", 60_000).await;
                let lease = claimed.unwrap().unwrap().lease;
                let generation = processing::begin_generation(tx, &lease, update).await.unwrap();
                (lease, generation)
            })
            .await;
        Self { world, update, lease, generation }
    }

    async fn put(&self, key: &Key, bytes: Bytes) {
        self.world.server.state.blobs.put_new(key, bytes).await.unwrap();
    }

    async fn rendition(&self, name: &str, kind: &'static str) -> RenditionId {
        let key = layout::init_segment(self.update.into(), self.generation.into(), name, 0).unwrap();
        self.put(&key, init_bytes().into()).await;
        let new = NewRendition {
            name: name.to_owned(),
            kind,
            codecs: if kind == "video" { "avc1.64001f,mp4a.40.2" } else { "mp4a.40.2" }.to_owned(),
            width: Some(1280),
            height: Some(720),
            bandwidth_bps: if kind == "video" { 2_000_000 } else { 96_000 },
            target_duration_s: 6,
        };
        let size_bytes = i64::try_from(init_bytes().len()).unwrap();
        let begun = NewInit { init: 0, object_key: key.to_string(), size_bytes };
        let (lease, update, generation) = (&self.lease, self.update, self.generation);
        self.world
            .server
            .write(async |tx| {
                processing::put_rendition(tx, lease, update, generation, &new, &begun).await.unwrap()
            })
            .await
    }

    /// A segment of 4 s.
    async fn segment(&self, rendition: RenditionId, name: &str, seq: i64) {
        let at = u64::try_from(seq).unwrap();
        let key = layout::media_segment(self.update.into(), self.generation.into(), name, at).unwrap();
        let bytes = bytes_of(name, seq);
        let new = NewSegment {
            rendition_id: rendition,
            seq,
            init: 0,
            start_us: seq * 4_000_000,
            duration_us: 4_000_000,
            size_bytes: i64::try_from(bytes.len()).unwrap(),
            object_key: key.to_string(),
            discontinuity: false,
        };
        self.put(&key, bytes).await;
        let (lease, update, generation) = (&self.lease, self.update, self.generation);
        self.world
            .server
            .write(async |tx| {
                let kind = Some(UpdateKind::Video);
                processing::append_segment(tx, lease, update, generation, &new, kind).await.unwrap();
            })
            .await;
    }

    async fn artefact(&self, name: &str, bytes: &'static [u8]) {
        let key = layout::artefact(self.update.into(), self.generation.into(), name).unwrap();
        self.put(&key, bytes.into()).await;
        let new = NewArtefact {
            name: name.to_owned(),
            object_key: key.to_string(),
            size_bytes: i64::try_from(bytes.len()).unwrap(),
            // What a row says is not what is served.
            content_type: "text/html".to_owned(),
        };
        let (lease, update, generation) = (&self.lease, self.update, self.generation);
        self.world
            .server
            .write(async |tx| processing::put_artefact(tx, lease, update, generation, &new).await.unwrap())
            .await;
    }

    async fn finish(&self) {
        let end = MediaEnd {
            duration_ms: 20_000,
            silence_map: Vec::new(),
            warnings: Vec::new(),
            facts: json!({"has_audio": true}),
            source_bytes: 9_000,
        };
        let (lease, update, generation) = (&self.lease, self.update, self.generation);
        self.world
            .server
            .write(async |tx| processing::finish_media(tx, lease, update, generation, &end).await.unwrap())
            .await;
    }

    /// Five segments of picture and of sound, everything whole.
    pub(crate) async fn whole() -> Self {
        let studio = Self::new().await;
        let picture = studio.rendition("720p", "video").await;
        let sound = studio.rendition("audio", "audio").await;
        for seq in 0..5 {
            studio.segment(picture, "720p", seq).await;
            studio.segment(sound, "audio", seq).await;
        }
        studio.artefact("poster.jpg", b"\xff\xd8 a picture").await;
        studio.artefact("storyboard.vtt", STORYBOARD).await;
        studio.artefact("peaks.json", PEAKS).await;
        studio.finish().await;
        studio
    }

    /// The recording as a file that somebody saves.
    pub(crate) async fn download(&self, who: &Client) -> Vec<u8> {
        let media = self.media(who).await;
        bytes(&self.player(), media["download_url"].as_str().unwrap(), &[]).await.2.to_vec()
    }

    /// The init bytes of a rendition are lost, as if somebody had removed the object.
    pub(crate) async fn lose_init(&self, name: &str) {
        let key = layout::init_segment(self.update.into(), self.generation.into(), name, 0).unwrap();
        self.world.server.state.blobs.delete(&key).await.unwrap();
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    pub(crate) fn update(&self) -> UpdateId {
        self.update
    }

    async fn media(&self, who: &Client) -> Value {
        who.get(&format!("/api/v1/updates/{}", self.update)).await.expect(200)["media"].clone()
    }

    /// The folder of the viewer's addresses.
    async fn folder(&self, who: &Client) -> String {
        let media = self.media(who).await;
        media["hls_url"].as_str().unwrap().trim_end_matches("hls/master.m3u8").to_owned()
    }

    /// Nobody: addresses carry the right themselves.
    fn player(&self) -> Client {
        self.world.server.anonymous()
    }
}

async fn bytes(
    client: &Client,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, reqwest::header::HeaderMap, Bytes) {
    let mut request = client.request(Method::GET, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone(), answer.bytes().await.unwrap())
}
