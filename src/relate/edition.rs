//! What a state of an archive is called where its keeper does not name it.

use super::Corpus;
use sha2::{Digest, Sha256};

/// A name by content: the same for the same reports, texts, labels, figures, topics and codebook,
/// and hardly for any other.
pub fn edition(corpus: &Corpus, codebook: &str) -> String {
    let mut hash = Sha256::new();
    let mut put = |word: &str| {
        hash.update((word.len() as u64).to_le_bytes());
        hash.update(word);
    };
    put(codebook);
    for card in &corpus.reports {
        let label = &card.label;
        for word in [
            Some(card.id.as_str()),
            Some(card.sha256.as_str()),
            Some(card.text_sha256.as_str()),
            card.title.as_deref(),
            label.issuer.as_deref(),
            label.region.as_ref().map(|region| region.code.as_str()),
            label.year.map(|year| year.to_string()).as_deref(),
            label
                .part_year
                .map(|period| format!("{}/{}", period.start, period.end))
                .as_deref(),
        ] {
            put(word.unwrap_or_default());
        }
        for figure in &card.figures {
            let one = &figure.observation;
            put(&one.indicator);
            put(&one.written);
            put(&one.value.map(|value| value.to_string()).unwrap_or_default());
            put(one.corrected.as_ref().map_or("", |by| by.why.as_str()));
        }
        for topic in &card.topics {
            put(&topic.topic);
            put(&topic.hits.to_string());
        }
    }
    let sum = hash.finalize();
    sum[..5].iter().map(|byte| format!("{byte:02x}")).collect()
}
