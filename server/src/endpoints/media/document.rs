//! The media routes as the API document shows them. They are one route to actix, which reads the names itself, so no
//! macro can collect them.

use serde_json::{Value, json};

/// What stands behind `/media/{ticket}/{update}/`, its media type, and what it is.
const FILES: [(&str, &str, &str); 11] = [
    (
        "hls/master.m3u8",
        "application/vnd.apple.mpegurl",
        "The HLS master playlist, from the first segment on.",
    ),
    (
        "hls/{generation}/{rendition}/playlist.m3u8",
        "application/vnd.apple.mpegurl",
        "A rendition's playlist; grows while the recording is processed. With `?_HLS_msn=N` the answer comes when \
            segment N is listed, when the list is whole, or after 6 seconds.",
    ),
    ("hls/{generation}/{rendition}/init-{n}.mp4", "video/mp4", "What a player reads before the segments."),
    ("hls/{generation}/{rendition}/{seq}.m4s", "video/mp4", "A segment; never changes under its name."),
    ("poster.jpg", "image/jpeg", "A still picture."),
    ("storyboard.jpg", "image/jpeg", "Previews along the time line, in one picture."),
    ("storyboard.vtt", "text/vtt", "Where in the storyboard's picture which preview is."),
    ("peaks.json", "application/json", "The waveform in the audiowaveform format."),
    ("captions.vtt", "text/vtt", "Captions; grow while the transcript is made."),
    ("download.mp4", "video/mp4", "The whole with picture, as one file."),
    ("download.m4a", "audio/mp4", "The whole without picture, as one file."),
];

/// Every path with its operations.
pub(crate) fn paths() -> impl Iterator<Item = (String, Value)> {
    FILES.into_iter().map(|(file, content_type, summary)| {
        let path = format!("/media/{{ticket}}/{{update}}/{file}");
        let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let mut parameters: Vec<Value> = names.map(parameter).collect();
        if file.ends_with("playlist.m3u8") {
            let schema = json!({"type": "integer", "minimum": 0});
            parameters.push(json!({"name": "_HLS_msn", "in": "query", "required": false, "schema": schema}));
        }
        let operation = |method: &str| {
            json!({
                "tags": ["Media"],
                "summary": summary,
                "description": "The ticket says who asks; the right to see the update is asked for again. Not there, \
                    not visible and not valid are all 404. Known validators answer 304, single ranges 206.",
                "operationId": format!("{method}_media_{}", word(file)),
                "parameters": parameters,
                "responses": responses(method, content_type),
            })
        };
        let item = json!({"get": operation("get"), "head": operation("head")});
        (path, item)
    })
}

fn word(file: &str) -> String {
    let letters = file.chars().filter(|c| !"{}".contains(*c));
    letters.map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn parameter(name: &str) -> Value {
    let schema = match name {
        "update" | "generation" => json!({"type": "string", "format": "uuid"}),
        "n" | "seq" => json!({"type": "integer", "minimum": 0}),
        _ => json!({"type": "string"}),
    };
    json!({"name": name, "in": "path", "required": true, "schema": schema})
}

fn responses(method: &str, content_type: &str) -> Value {
    let binary = !content_type.starts_with("text/") && content_type != "application/json";
    let schema = if binary { json!({"type": "string", "format": "binary"}) } else { json!({}) };
    let mut answers = json!({"304": {"description": "As it is known"}, "404": {"description": "Not there, or not for this viewer"}});
    let range = method == "get" && !content_type.ends_with("mpegurl");
    for (status, what) in [("200", "The whole"), ("206", "A part"), ("416", "No such part")] {
        if status == "200" || range {
            let mut answer = json!({"description": what});
            if method == "get" && status != "416" {
                answer["content"] = json!({content_type: {"schema": schema}});
            }
            answers[status] = answer;
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::super::wanted::Wanted;
    use super::*;

    /// What is documented can be asked for, and each kind of name is documented.
    #[test]
    fn the_document_names_what_is_served() {
        let read = |file: &str| {
            let file = file.replace("{generation}", "00000000-0000-7000-8000-000000000001");
            Wanted::read(&file.replace("{rendition}", "720p").replace("{n}", "0").replace("{seq}", "7"))
        };
        let kinds: Vec<Wanted> = FILES.iter().map(|(file, ..)| read(file).expect(file)).collect();
        for wanted in &kinds {
            assert_eq!(kinds.iter().filter(|other| *other == wanted).count(), 1, "{wanted:?}");
        }
        for name in super::super::wanted::ARTEFACTS {
            assert!(kinds.contains(&Wanted::Artefact(name)), "{name}");
        }
        assert_eq!(kinds.len(), super::super::wanted::ARTEFACTS.len() + 7, "one of each other kind");
    }
}
