//! A small synchronous parent: serves a local file, writes what comes back.

use meridian_media::protocol::{
    self, FromChild, Limits, Mode, ProtocolError, Request, Segment, Source, ToChild,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs one file; arguments as in the program's first lines.
pub(crate) fn transcode(arguments: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let [input, folder, options @ ..] = arguments else { return Err("FILE and FOLDER are needed".into()) };
    std::fs::create_dir_all(folder)?;
    let has = |name: &str| options.iter().any(|option| option == name);
    let size_bytes = std::fs::metadata(input)?.len();
    let source = if has("stream") { Source::Stream } else { Source::Seekable { size_bytes } };
    let mut request = Request::transcode(source);
    request.live = has("live");
    request.copy_allowed = !has("encode");
    if let Some(at) = options.iter().position(|option| option == "normalise") {
        let rendition = options.get(at + 1).ok_or("a rendition is needed")?.clone();
        let gain_db = options.get(at + 2).ok_or("a gain is needed")?.parse()?;
        request.mode = Mode::NormaliseAudio { rendition, gain_db, sound_alone: false };
    }
    if has("rungs") {
        request.mode = Mode::AddRungs;
        request.ladder = vec![360];
    }
    request.limits = Limits::default();
    run(&request, File::open(input)?, Path::new(folder))
}

fn run(request: &Request, mut file: File, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let started = Instant::now();
    let (mut ours, theirs) = UnixStream::pair()?;
    let mut child = Command::new(std::env::current_exe()?)
        .arg("child")
        .args(std::env::var("LAYERS").unwrap_or_default().split_whitespace())
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .spawn()?;
    protocol::write_frame(&mut ours, &ToChild::Start(request.clone()), &[])?;
    let mut writer = Writer { folder, lists: BTreeMap::new(), started };
    loop {
        let frame = match protocol::read_frame::<FromChild>(&mut ours) {
            Ok(Some(frame)) => frame,
            Ok(None) => break,
            Err(ProtocolError::Io(error)) if error.kind() == io::ErrorKind::ConnectionReset => break,
            Err(error) => return Err(error.into()),
        };
        if let FromChild::Read { offset, len } = frame.message {
            answer(&mut ours, &mut file, offset, len)?;
        } else {
            writer.take(&frame.message, &frame.body)?;
        }
    }
    let status = child.wait()?;
    eprintln!("{status} after {:.3} s", started.elapsed().as_secs_f64());
    writer.lists()
}

fn answer(
    to: &mut UnixStream,
    file: &mut File,
    offset: u64,
    len: u32,
) -> Result<(), Box<dyn std::error::Error>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    Read::by_ref(file).take(u64::from(len)).read_to_end(&mut bytes)?;
    let message = if bytes.is_empty() { ToChild::Eof } else { ToChild::Data };
    protocol::write_frame(to, &message, &bytes)?;
    Ok(())
}

struct Writer<'a> {
    folder: &'a Path,
    lists: BTreeMap<String, (String, u32, Vec<Segment>)>,
    started: Instant,
}

impl Writer<'_> {
    fn take(&mut self, message: &FromChild, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
        let at = self.started.elapsed().as_secs_f64();
        match message {
            FromChild::Rendition(rendition) => {
                eprintln!("{at:.3} {rendition:?}");
                std::fs::write(
                    self.folder.join(format!("{}-init{}.mp4", rendition.name, rendition.init)),
                    body,
                )?;
                let stream = format!(
                    "#EXT-X-STREAM-INF:BANDWIDTH={},CODECS=\"{}\",RESOLUTION={}x{}",
                    rendition.bandwidth_bps, rendition.codecs, rendition.width, rendition.height
                );
                self.lists.entry(rendition.name.clone()).or_insert((
                    stream,
                    rendition.target_duration_s,
                    Vec::new(),
                ));
                self.append(&rendition.name, body)?;
            }
            FromChild::Segment(segment) => {
                eprintln!("{at:.3} {segment:?} {} bytes", body.len());
                let name = format!("{}-{}.m4s", segment.rendition, segment.seq);
                std::fs::write(self.folder.join(name), body)?;
                self.append(&segment.rendition, body)?;
                if let Some(list) = self.lists.get_mut(&segment.rendition) {
                    list.2.push(segment.clone());
                }
            }
            FromChild::Artefact { name, .. } => {
                eprintln!("{at:.3} {name} {} bytes", body.len());
                std::fs::write(self.folder.join(name), body)?;
            }
            FromChild::Pcm { .. } => {
                let path = self.folder.join("speech.s16le");
                File::options().create(true).append(true).open(path)?.write_all(body)?;
            }
            FromChild::Progress { .. } | FromChild::Read { .. } => {}
            other => eprintln!("{at:.3} {other:?}"),
        }
        Ok(())
    }

    fn append(&self, rendition: &str, body: &[u8]) -> io::Result<()> {
        let path = self.folder.join(format!("{rendition}.mp4"));
        File::options().create(true).append(true).open(path)?.write_all(body)
    }

    fn lists(&self) -> Result<(), Box<dyn std::error::Error>> {
        let mut master = "#EXTM3U\n#EXT-X-VERSION:7\n".to_owned();
        for (name, (stream, target, segments)) in &self.lists {
            let mut list = format!(
                "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-PLAYLIST-TYPE:VOD\n"
            );
            let mut init = None;
            for segment in segments {
                if segment.discontinuity {
                    list.push_str("#EXT-X-DISCONTINUITY\n");
                }
                if init != Some(segment.init) {
                    init = Some(segment.init);
                    writeln!(list, "#EXT-X-MAP:URI=\"{name}-init{}.mp4\"", segment.init)?;
                }
                let seconds = segment.duration_us / 1_000_000;
                let micros = segment.duration_us % 1_000_000;
                writeln!(list, "#EXTINF:{seconds}.{micros:06},\n{name}-{}.m4s", segment.seq)?;
            }
            list.push_str("#EXT-X-ENDLIST\n");
            std::fs::write(self.folder.join(format!("{name}.m3u8")), list)?;
            if name != "audio" || self.lists.len() == 1 {
                writeln!(master, "{stream}\n{name}.m3u8")?;
            }
        }
        std::fs::write(self.folder.join("master.m3u8"), master)?;
        Ok(())
    }
}
