//! How providers write their keys: what one begins with, which bytes follow, and how many. The forms are the providers' own,
//! from their documentation.

use std::ops::Range;

use super::line::Line;

/// The form of a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// What it begins with, in this case.
    head: &'static str,
    /// What follows.
    tail: Tail,
    /// How many bytes follow at least.
    least: usize,
    /// How many at most; one more means that it is something else.
    most: usize,
}

/// Which bytes follow a key's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    /// Letters and digits.
    Alnum,
    /// Capitals and digits.
    Capital,
    /// Hexadecimal digits, small.
    Hex,
    /// Letters, digits, `_` and `-`, with a digit and a letter among them.
    Word,
    /// The same with dots and the signs of base64.
    Dotted,
    /// Parts of a path.
    Path,
}

impl Tail {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Capital => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Self::Word => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Dotted => {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'/' | b'=' | b'~')
            }
            Self::Path => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b'@' | b'.')
            }
        }
    }
}

const fn form(head: &'static str, tail: Tail, least: usize, most: usize) -> Form {
    Form {
        head,
        tail,
        least,
        most,
    }
}

/// The forms that are a head and a tail. `odd` has those that are not.
#[rustfmt::skip]
pub(super) const FORMS: &[Form] = {
    use Tail::{Alnum, Capital, Dotted, Hex, Path, Word};
    &[
        // Clouds.
        form("AKIA", Capital, 16, 16), form("ASIA", Capital, 16, 16), form("ABIA", Capital, 16, 16), form("ACCA", Capital, 16, 16),
        form("ABSK", Dotted, 100, 300), form("bedrock-api-key-", Dotted, 20, 4096),
        form("AIza", Word, 30, 60), form("ya29.", Dotted, 20, 4096), form("GOCSPX-", Word, 20, 60), form("1//0", Word, 30, 200),
        form("LTAI", Alnum, 12, 30), form("AKID", Alnum, 13, 40), form("STS.", Alnum, 16, 60), form("CAIS", Dotted, 100, 4096),
        form("AKLT", Alnum, 16, 60), form("ALTAK", Alnum, 10, 40), form("AQVN", Word, 30, 60), form("t1.9eu", Dotted, 60, 4096),
        form("dop_v1_", Hex, 64, 64), form("doo_v1_", Hex, 64, 64), form("dor_v1_", Hex, 64, 64),
        form("HRKU-", Word, 30, 80), form("v1.0-", Dotted, 120, 300), form("dapi", Hex, 32, 32), form("nfp_", Word, 30, 80),
        form("vcp_", Alnum, 20, 80), form("vck_", Alnum, 20, 80), form("tskey-", Word, 16, 120), form("FlyV1 ", Dotted, 40, 4096),
        form("fo1_", Word, 30, 120), form("fm2_", Dotted, 40, 4096), form("LTAK", Alnum, 12, 40),
        // Where code and packages live.
        form("ghp_", Alnum, 20, 255), form("gho_", Alnum, 20, 255), form("ghu_", Alnum, 20, 255), form("ghs_", Dotted, 20, 2048),
        form("ghr_", Alnum, 20, 255), form("github_pat_", Word, 20, 255),
        form("glpat-", Dotted, 16, 300), form("gldt-", Word, 16, 64), form("glrt-", Dotted, 16, 300), form("glrtr-", Dotted, 16, 300), form("glcbt-", Word, 16, 80),
        form("glptt-", Word, 16, 80), form("glft-", Word, 16, 80), form("glagent-", Word, 16, 80), form("gloas-", Word, 16, 80),
        form("glsoat-", Word, 16, 80), form("glimt-", Word, 16, 80), form("glffct-", Word, 16, 80), form("GR1348941", Word, 20, 60),
        form("npm_", Alnum, 30, 60), form("pypi-AgEI", Word, 40, 1024), form("rubygems_", Hex, 48, 48), form("cio", Alnum, 32, 32),
        form("CLOJARS_", Alnum, 60, 60), form("oy2", Alnum, 43, 43), form("dckr_pat_", Word, 20, 80), form("dckr_oat_", Word, 20, 80), form("eyJhdXRocyI6", Dotted, 20, 65536),
        form("AKCp", Alnum, 60, 80), form("cmVmdGtu", Alnum, 50, 80), form("ATATT3", Dotted, 60, 400), form("ATCTT3", Dotted, 60, 400), form("ATBB", Alnum, 24, 60),
        form("CCIPRJ_", Word, 30, 120), form("CCIPAT_", Word, 30, 120), form("bkua_", Alnum, 30, 60), form("sgp_", Word, 30, 80),
        form("squ_", Hex, 40, 40), form("sqp_", Hex, 40, 40), form("sqa_", Hex, 40, 40), form("PMAK-", Word, 40, 80), form("sbp_", Hex, 40, 40),
        form("pul-", Hex, 40, 40), form("dp.pt.", Alnum, 40, 60), form("dp.st.", Dotted, 40, 80), form("dp.ct.", Alnum, 40, 60), form("dp.sa.", Alnum, 40, 60),
        form("pscale_tkn_", Dotted, 30, 80), form("pscale_pw_", Dotted, 30, 80), form("pscale_oauth_", Dotted, 30, 80), form("ops_eyJ", Dotted, 100, 4096),
        form("hvs.", Word, 20, 400), form("hvb.", Word, 20, 600), form("hvr.", Word, 20, 400), form("AGE-SECRET-KEY-1", Capital, 58, 58),
        form("AGE-PLUGIN-", Word, 20, 400), form("nvapi-", Word, 40, 100),
        // Talk.
        form("xoxb-", Dotted, 8, 255), form("xoxp-", Dotted, 8, 255), form("xoxa-", Dotted, 8, 255), form("xoxe-", Dotted, 8, 255), form("xoxe.", Dotted, 8, 400),
        form("xoxo-", Dotted, 8, 255), form("xoxr-", Dotted, 8, 255), form("xoxs-", Dotted, 8, 255), form("xoxc-", Dotted, 8, 255), form("xoxd-", Dotted, 8, 400), form("xapp-", Dotted, 8, 255),
        form("hooks.slack.com/services/", Path, 20, 120), form("hooks.slack.com/workflows/", Path, 20, 160), form("hooks.slack.com/triggers/", Path, 20, 160),
        form("discord.com/api/webhooks/", Path, 30, 160), form("discordapp.com/api/webhooks/", Path, 30, 160),
        form("webhook.office.com/webhookb2/", Path, 40, 300), form("hooks.zapier.com/hooks/catch/", Path, 10, 120),
        form("open.feishu.cn/open-apis/bot/v2/hook/", Word, 16, 80), form("open.larksuite.com/open-apis/bot/v2/hook/", Word, 16, 80),
        form("open.feishu.cn/open-apis/bot/hook/", Word, 16, 80), form("webhook/send?key=", Word, 16, 80), form("robot/send?access_token=", Alnum, 16, 100), form("cgi-bin/webhook/upload_media?key=", Word, 16, 80),
        form("SEC", Hex, 64, 64), form("chat.googleapis.com/v1/spaces/", Path, 10, 120),
        form("maker.ifttt.com/use/", Word, 16, 80),
        // Money, mail, shops.
        form("sk_live_", Alnum, 16, 255), form("sk_test_", Alnum, 16, 255), form("rk_live_", Alnum, 16, 255), form("rk_test_", Alnum, 16, 255), form("sk_prod_", Alnum, 16, 255), form("whsec_", Dotted, 20, 100),
        form("SG.", Dotted, 40, 90), form("key-", Hex, 32, 32), form("SK", Hex, 32, 32), form("xkeysib-", Word, 64, 100), form("xsmtpsib-", Word, 64, 100),
        form("shpat_", Hex, 32, 32), form("shpss_", Hex, 32, 32), form("shpca_", Hex, 32, 32), form("shppa_", Hex, 32, 32),
        form("sq0atp-", Word, 20, 40), form("sq0csp-", Word, 40, 60), form("EAAA", Word, 58, 70), form("access_token$production$", Dotted, 30, 80), form("EZAK", Alnum, 54, 54), form("EZTK", Alnum, 54, 54),
        form("duffel_live_", Word, 40, 60), form("duffel_test_", Word, 40, 60),
        // Watching.
        form("glsa_", Word, 32, 60), form("glc_eyJ", Dotted, 32, 400), form("eyJrIjoi", Alnum, 60, 400), form("NRAK-", Capital, 24, 40), form("NRJS-", Hex, 16, 40), form("NRII-", Word, 24, 60), form("NRIQ-", Word, 24, 60), form("NRAA-", Hex, 20, 60), form("NRRA-", Hex, 20, 60),
        form("sntrys_", Dotted, 40, 400), form("sntryu_", Hex, 64, 64), form("sntryi_", Hex, 64, 64), form("dt0c01.", Dotted, 60, 120), form("dt0s01.", Dotted, 60, 120), form("dt0s16.", Dotted, 60, 120), form("ddapp_", Alnum, 30, 60), form("ddpat_", Word, 30, 100),
        form("lin_api_", Alnum, 32, 60), form("secret_", Alnum, 40, 60), form("ntn_", Alnum, 40, 60), form("figd_", Word, 30, 60), form("tfp_", Word, 40, 80), form("rdme_", Alnum, 60, 80), form("phx_", Alnum, 30, 60),
        form("mdb_sa_sk_", Word, 30, 60), form("pnu_", Alnum, 36, 36), form("ico-", Alnum, 32, 32), form("fio-u-", Word, 60, 70), form("hcaik_", Alnum, 40, 80), form("lsv2_pt_", Word, 30, 80), form("lsv2_sk_", Word, 30, 80),
        // Models.
        form("sk-", Word, 16, 300), form("hf_", Alnum, 30, 60), form("api_org_", Alnum, 30, 40), form("r8_", Alnum, 36, 40), form("gsk_", Alnum, 40, 60), form("pplx-", Alnum, 32, 64), form("xai-", Alnum, 60, 100), form("jina_", Word, 40, 80), form("AAAAAAAAAAAAAAAAAAAAA", Dotted, 60, 160),
    ]
};

impl Form {
    /// The words that the pass looks for. A short head before hexadecimal digits takes the first of them along, or half of
    /// all words would be looked at.
    pub(super) fn words(&self) -> Vec<String> {
        if self.head.len() > 3 || self.tail != Tail::Hex {
            return vec![self.head.to_owned()];
        }
        let digits = "0123456789abcdef".chars();
        digits
            .map(|digit| format!("{}{digit}", self.head))
            .collect()
    }

    /// The secret whose head begins at a place; none where that is something else. An address stays, without what opens it.
    pub(super) fn find(&self, line: Line<'_>, start: usize) -> Option<Range<usize>> {
        let end = self.end(line, start)?;
        let address = self.head.contains(['/', '?']) && self.head.contains('.');
        Some(if address || self.head.ends_with('=') {
            start + self.head.len()..end
        } else {
            start..end
        })
    }

    fn end(&self, line: Line<'_>, start: usize) -> Option<usize> {
        let from = start + self.head.len();
        if line.cut(start, from) != self.head.as_bytes() || !line.is_edge(start) {
            return None;
        }
        let before = line.before(start);
        if matches!(before, b'-' | b'.')
            && self.least < 30
            && start >= 2
            && line.at(start - 2).is_ascii_alphanumeric()
        {
            // `task-sk-…`, `lib.key-…`: the middle of a name.
            return None;
        }
        let bounded = Line(line.cut(0, line.len().min(from + self.most + 1)));
        let mut end = bounded.until(from, |byte| !self.tail.has(byte));
        if matches!(self.tail, Tail::Dotted | Tail::Path) {
            while end > from && matches!(line.before(end), b'.' | b'/' | b'~' | b'@') {
                end -= 1;
            }
        }
        let long = end - from;
        if long < self.least {
            return None;
        }
        let fixed = self.least == self.most;
        if long > self.most {
            // A key of fixed length has nothing behind it; one of many lengths has no end that we know.
            return (!fixed).then(|| line.until(from, |byte| !self.tail.has(byte)));
        }
        if fixed && line.at(end).is_ascii_alphanumeric() {
            return None;
        }
        self.is_random(line.cut(from, end)).then_some(end)
    }

    /// Whether what follows the head was drawn, not written: names in programs have heads like these too.
    fn is_random(&self, tail: &[u8]) -> bool {
        if matches!(self.tail, Tail::Path | Tail::Capital) {
            return true;
        }
        let digit = tail.iter().any(u8::is_ascii_digit);
        let letter = tail.iter().any(u8::is_ascii_alphabetic);
        let longest = tail
            .split(|byte| !byte.is_ascii_alphanumeric())
            .map(<[u8]>::len)
            .max()
            .unwrap_or(0);
        (digit && letter
            || self.head.starts_with("xox")
            || self.head.starts_with("gl")
            || self.head.starts_with("gh"))
            && longest >= 6
    }
}
