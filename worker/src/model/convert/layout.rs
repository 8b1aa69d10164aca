//! Which of CTranslate2's variables is which of OpenAI's tensors, and in what
//! order whisper.cpp expects them (that of OpenAI's state dict).
use super::super::error::ModelError;
use super::ct2::{Tensor, Weights};
use super::wrong;

/// OpenAI's name and the numbers.
pub(super) type Named<'a> = (String, Tensor<'a>);

/// All tensors of a model in OpenAI's order.
pub(super) fn tensors<'a>(weights: &Weights<'a>) -> Result<Vec<Named<'a>>, ModelError> {
    let mut list = Layout { weights, out: Vec::new() };
    list.push("decoder.positional_embedding", "decoder/position_encodings/encodings")?;
    list.push("encoder.positional_embedding", "encoder/position_encodings/encodings")?;
    list.push("decoder.token_embedding.weight", "decoder/embeddings/weight")?;
    for layer in 0..weights.layers("decoder") {
        list.block("decoder", layer)?;
    }
    list.norm("decoder.ln", "decoder/layer_norm")?;
    for conv in ["conv1", "conv2"] {
        list.linear(&format!("encoder.{conv}"), &format!("encoder/{conv}"))?;
    }
    for layer in 0..weights.layers("encoder") {
        list.block("encoder", layer)?;
    }
    list.norm("encoder.ln_post", "encoder/layer_norm")?;
    Ok(list.out)
}

struct Layout<'w, 'a> {
    weights: &'w Weights<'a>,
    out: Vec<Named<'a>>,
}

impl Layout<'_, '_> {
    fn push(&mut self, name: &str, variable: &str) -> Result<(), ModelError> {
        self.out.push((name.to_owned(), self.weights.get(variable)?.clone()));
        Ok(())
    }

    fn linear(&mut self, name: &str, variable: &str) -> Result<(), ModelError> {
        self.push(&format!("{name}.weight"), &format!("{variable}/weight"))?;
        self.push(&format!("{name}.bias"), &format!("{variable}/bias"))
    }

    fn norm(&mut self, name: &str, variable: &str) -> Result<(), ModelError> {
        self.push(&format!("{name}.weight"), &format!("{variable}/gamma"))?;
        self.push(&format!("{name}.bias"), &format!("{variable}/beta"))
    }

    fn block(&mut self, side: &str, layer: usize) -> Result<(), ModelError> {
        let name = format!("{side}.blocks.{layer}");
        let variable = format!("{side}/layer_{layer}");
        self.norm(&format!("{name}.mlp_ln"), &format!("{variable}/ffn/layer_norm"))?;
        self.linear(&format!("{name}.mlp.0"), &format!("{variable}/ffn/linear_0"))?;
        self.linear(&format!("{name}.mlp.2"), &format!("{variable}/ffn/linear_1"))?;
        let own = format!("{variable}/self_attention");
        self.norm(&format!("{name}.attn_ln"), &format!("{own}/layer_norm"))?;
        // Own attention: linear_0 is query, key and value in one; linear_1 is out.
        self.attention(&format!("{name}.attn"), &own, [(0, 0), (0, 1), (0, 2)], 1)?;
        if side == "decoder" {
            let cross = format!("{variable}/attention");
            self.norm(&format!("{name}.cross_attn_ln"), &format!("{cross}/layer_norm"))?;
            // Cross attention: linear_0 is query, linear_1 key and value, linear_2 out.
            self.attention(&format!("{name}.cross_attn"), &cross, [(0, 0), (1, 0), (1, 1)], 2)?;
        }
        Ok(())
    }

    /// `places`: for query, key and value the number of the linear layer and
    /// which block of rows in it.
    fn attention(
        &mut self,
        name: &str,
        variable: &str,
        places: [(usize, usize); 3],
        out: usize,
    ) -> Result<(), ModelError> {
        let width = self.weights.get("decoder/embeddings/weight")?.shape.get(1).copied().unwrap_or(0);
        for (part, (linear, block)) in ["query", "key", "value"].into_iter().zip(places) {
            for kind in ["weight", "bias"] {
                let whole = self.weights.get(&format!("{variable}/linear_{linear}/{kind}"))?;
                let rows = whole.rows(block * width, (block + 1) * width)?;
                if part == "key" && kind == "bias" {
                    // Whisper's keys have no bias: OpenAI's files leave it out.
                    if rows.values()?.iter().any(|v| *v != 0.0) {
                        return Err(wrong("the keys have a bias"));
                    }
                    continue;
                }
                self.out.push((format!("{name}.{part}.{kind}"), rows));
            }
        }
        self.linear(&format!("{name}.out"), &format!("{variable}/linear_{out}"))
    }
}
