//! One pass over a text that finds many words at once, in whatever case.
//!
//! Each word is known by three of its bytes, the rarest that it has. Whether three bytes of the text are such is one bit in a
//! table that stays near the processor, and no step waits for the one before it; an automaton of the same words, which
//! does, takes three times as long. Only where the bit is set is a word compared.

/// How many kinds of bytes are told apart: a power of two.
const KINDS: usize = 64;
/// How many combinations three of them have.
const TRIPLES: usize = KINDS * KINDS * KINDS;
/// How many words their bits take.
const BITS: usize = TRIPLES / 64;

/// The words of a pass.
pub(super) struct Pass {
    /// A bit for each triple.
    bits: Box<[u64; BITS]>,
    /// For each triple, where its words begin in `entries`, plus one.
    buckets: Vec<u16>,
    entries: Vec<Entry>,
    words: Vec<Box<[u8]>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    triple: u32,
    word: u16,
    /// How far behind the beginning of the word the triple ends.
    end: u16,
}

/// The kind of each byte.
#[expect(
    clippy::indexing_slicing,
    reason = "the table has a place for each byte, and is made while the program is built"
)]
const OF: [u8; 256] = {
    let mut of = [0; 256];
    let mut byte = 0_u8;
    loop {
        of[byte as usize] = make_kind(byte);
        if byte == 255 {
            break of;
        }
        byte += 1;
    }
};

#[inline]
fn kind_of(byte: u8) -> u8 {
    OF.get(usize::from(byte)).copied().unwrap_or(0)
}

/// The kind of a byte: letters in either case alike, digits, the signs that words have, and the rest by chance.
const fn make_kind(byte: u8) -> u8 {
    match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => letter - b'a' + 1,
        digit @ b'0'..=b'9' => digit - b'0' + 27,
        b' ' => 37,
        b'-' => 38,
        b'_' => 39,
        b'.' => 40,
        b':' => 41,
        b'/' => 42,
        b'$' => 43,
        b'"' => 44,
        b'~' => 45,
        b'{' | b'}' => 46,
        b'?' | b'=' => 47,
        ascii @ 0..=127 => 48 + ascii % 8,
        high => 56 + high % 8,
    }
}

/// How often a byte is seen in what commands print, roughly.
fn weight(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 9,
        b'0'..=b'3' | b' ' => 10,
        b'd' | b'l' | b'c' | b'u' | b'm' | b'p' | b'4'..=b'9' | b'.' | b'/' => 6,
        b'h' | b'g' | b'f' | b'b' | b'y' | b':' | b'-' => 4,
        b'v' | b'k' | b'w' | b'_' | b'=' | b'"' => 3,
        _ => 1,
    }
}

impl Pass {
    /// A pass that looks for these words. Each has two bytes at least.
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w [u8]>) -> Result<Self, String> {
        let words: Vec<Box<[u8]>> = words.map(Box::from).collect();
        let mut entries = Vec::new();
        for (n, word) in words.iter().enumerate() {
            let number =
                u16::try_from(n).map_err(|_| "there are too many words to look for".to_owned())?;
            if let [a, b] = **word {
                // Whatever is behind it.
                let two = triple(triple(0, kind_of(a)), kind_of(b));
                let all = (0..64).map(|kind| Entry {
                    triple: triple(two, kind),
                    word: number,
                    end: 3,
                });
                entries.extend(all);
                continue;
            }
            let rarest = word
                .windows(3)
                .enumerate()
                .min_by_key(|(_, three)| three.iter().map(|byte| weight(*byte)).product::<u32>());
            let Some((at, three)) = rarest else {
                return Err(format!(
                    "{} is too short to be looked for",
                    String::from_utf8_lossy(word)
                ));
            };
            let end = u16::try_from(at + 3)
                .map_err(|_| "a word is too long to be looked for".to_owned())?;
            let three = three
                .iter()
                .fold(0, |so_far, byte| triple(so_far, kind_of(*byte)));
            entries.push(Entry {
                triple: three,
                word: number,
                end,
            });
        }
        entries.sort_by_key(|entry| entry.triple);
        let mut bits = Box::new([0_u64; BITS]);
        let mut buckets = vec![0_u16; TRIPLES];
        for (n, entry) in entries.iter().enumerate().rev() {
            let at = usize::try_from(entry.triple).unwrap_or(0);
            if let (Some(word), Some(bucket)) = (bits.get_mut(at / 64), buckets.get_mut(at)) {
                *word |= 1 << (at % 64);
                *bucket = u16::try_from(n + 1)
                    .map_err(|_| "there are too many words to look for".to_owned())?;
            }
        }
        Ok(Self {
            bits,
            buckets,
            entries,
            words,
        })
    }

    /// Tells of each word in a text: which, and where it begins and ends.
    pub(super) fn find(&self, text: &[u8], mut take: impl FnMut(usize, usize, usize)) {
        let mut so_far = 0_u32;
        for (at, byte) in text.iter().enumerate() {
            so_far = triple(so_far, kind_of(*byte));
            if self.has(so_far) {
                self.compare(text, at + 1, so_far, &mut take);
            }
        }
        // A word of two bytes may be the last.
        so_far = triple(so_far, kind_of(b'\n'));
        if self.has(so_far) {
            self.compare(text, text.len() + 1, so_far, &mut take);
        }
    }

    #[inline]
    fn has(&self, three: u32) -> bool {
        let word = self.bits.get((three / 64) as usize % BITS).copied();
        word.is_some_and(|word| word >> (three % 64) & 1 == 1)
    }

    #[inline(never)]
    fn compare(
        &self,
        text: &[u8],
        end: usize,
        three: u32,
        take: &mut impl FnMut(usize, usize, usize),
    ) {
        let bucket = self.buckets.get(three as usize).copied().unwrap_or(0);
        let from = usize::from(bucket).saturating_sub(1);
        let own = self.entries.get(from..).unwrap_or_default();
        for entry in own.iter().take_while(|entry| entry.triple == three) {
            let number = usize::from(entry.word);
            let (Some(word), Some(start)) = (
                self.words.get(number),
                end.checked_sub(usize::from(entry.end)),
            ) else {
                continue;
            };
            let stop = start + word.len();
            if text
                .get(start..stop)
                .is_some_and(|seen| seen.eq_ignore_ascii_case(word))
            {
                take(number, start, stop);
            }
        }
    }
}

/// The triple that a byte makes of the two before it.
fn triple(so_far: u32, kind: u8) -> u32 {
    (so_far << 6 | u32::from(kind)) & 0x3_ffff
}
