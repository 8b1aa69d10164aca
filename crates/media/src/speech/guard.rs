//! Keeps out what Whisper makes up.
use super::words::Draft;

/// Above this Whisper itself thinks that nobody spoke (OpenAI's threshold).
const NO_SPEECH: f32 = 0.6;
/// Mean log probability below which OpenAI's own decoder distrusts the text.
const POOR: f32 = -1.0;
/// Text that is a known ghost must be this sure to be believed.
const GHOST_SURE: f32 = -0.35;
/// A phrase said this many times without end is a loop.
const LOOP: usize = 4;

/// What was heard in a window.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Whisper's own probability that nobody speaks.
    pub(super) no_speech: f32,
    text: Vec<u8>,
    log_probability: f32,
    tokens: f32,
}

impl Heard {
    /// One more token, its log probability.
    pub(super) fn add(&mut self, bytes: &[u8], log_probability: f32) {
        self.text.extend_from_slice(bytes);
        self.log_probability += log_probability;
        self.tokens += 1.0;
    }

    fn mean(&self) -> f32 {
        if self.tokens > 0.0 { self.log_probability / self.tokens } else { 0.0 }
    }
}

/// What Whisper writes for music, noise and breath: the ends of films and
/// videos that it was trained with. Lower case, letters only.
const GHOSTS: &[&str] = &[
    "you",
    "thank you",
    "thank you very much",
    "thank you for watching",
    "thanks for watching",
    "thank you so much for watching",
    "please subscribe",
    "please subscribe to my channel",
    "bye",
    "bye bye",
    "okay",
    "oh",
    "so",
    "the end",
    "music",
    "silence",
    "applause",
    "subtitles by the amaraorg community",
    "untertitel der amaraorgcommunity",
    "untertitel im auftrag des zdf für funk 2017",
    "untertitelung des zdf 2020",
    "vielen dank",
    "soustitres réalisés par la communauté damaraorg",
    "soustitrage st 501",
    "merci",
    "gracias",
    "subtítulos realizados por la comunidad de amaraorg",
    "sottotitoli creati dalla comunità amaraorg",
    "legendas pela comunidade amaraorg",
    "obrigado",
    "ご視聴ありがとうございました",
    "ありがとうございました",
    "字幕由amaraorg社区提供",
    "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目",
    "谢谢观看",
    "谢谢大家",
];

/// Whether these are words that somebody said.
pub(super) fn is_speech(heard: &Heard) -> bool {
    let text = String::from_utf8_lossy(&heard.text);
    if !text.chars().any(char::is_alphanumeric) || is_annotation(&text) {
        return false;
    }
    let mean = heard.mean();
    if heard.no_speech > NO_SPEECH && mean < POOR {
        return false;
    }
    let plain: String = text
        .chars()
        .filter(|c| c.is_alphanumeric() || c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    !(GHOSTS.contains(&plain.trim()) && (heard.no_speech > NO_SPEECH || mean < GHOST_SURE))
}

/// "[Music]", "(door closes)", "*sighs*" and nothing else.
fn is_annotation(text: &str) -> bool {
    let text = text.trim();
    [('[', ']'), ('(', ')'), ('*', '*'), ('♪', '♪')].iter().any(|(open, close)| {
        text.len() > 1
            && text.starts_with(*open)
            && text.ends_with(*close)
            && text.matches([*open, *close]).count() == 2
    })
}

/// Cuts a phrase of up to eight words that repeats at least four times in a
/// row to a single one: nobody speaks like that, a decoder that hangs does.
pub(super) fn without_loops(mut words: Vec<Draft>) -> Vec<Draft> {
    let plain: Vec<String> = words
        .iter()
        .map(|w| w.raw.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect())
        .collect();
    let mut keep = vec![true; words.len()];
    let mut at = 0;
    'next: while at < words.len() {
        for length in 1..=8 {
            let Some(phrase) = plain.get(at..at + length) else { break };
            let times = plain[at..].chunks_exact(length).take_while(|c| *c == phrase).count();
            // "no, no, no, no" is said; a single word needs twice as much.
            if times >= if length == 1 { LOOP * 2 } else { LOOP } {
                keep[at + length..at + length * times].fill(false);
                at += length * times;
                continue 'next;
            }
        }
        at += 1;
    }
    let mut kept = keep.into_iter();
    words.retain(|_| kept.next().unwrap_or(true));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str, no_speech: f32, mean: f32) -> Heard {
        Heard { no_speech, text: text.as_bytes().to_vec(), log_probability: mean, tokens: 1.0 }
    }

    #[test]
    fn ghosts_are_believed_only_when_sure() {
        assert!(!is_speech(&heard(" Thank you.", 0.7, -0.2)));
        assert!(!is_speech(&heard(" Thanks for watching!", 0.1, -0.6)));
        assert!(is_speech(&heard(" Thank you.", 0.1, -0.1)));
        assert!(is_speech(&heard(" Thank you for the figures, Ben.", 0.7, -0.6)));
    }

    #[test]
    fn noise_gives_no_words() {
        assert!(!is_speech(&heard(" [Music]", 0.0, -0.1)));
        assert!(!is_speech(&heard(" (door closes)", 0.0, -0.1)));
        assert!(!is_speech(&heard(" ...", 0.0, -0.1)));
        assert!(!is_speech(&heard(" the hum of it", 0.9, -1.5)));
        assert!(is_speech(&heard(" (as said) it is done (almost)", 0.0, -0.1)));
    }

    #[test]
    fn loops_are_cut_repeats_stay() {
        let drafts = |text: &str| -> Vec<Draft> {
            text.split(' ')
                .map(|w| Draft { raw: format!(" {w}"), start_ms: 0, end_ms: 0, confidence: 1.0 })
                .collect()
        };
        let joined = |words: Vec<Draft>| words.iter().map(|w| w.raw.trim()).collect::<Vec<_>>().join(" ");
        assert_eq!(
            joined(without_loops(drafts("well I see. I see. I see. I see. I see. and so on"))),
            "well I see. and so on"
        );
        assert_eq!(joined(without_loops(drafts("no no no no it is"))), "no no no no it is");
        assert_eq!(joined(without_loops(drafts("a a a a a a a a b"))), "a b");
    }
}
