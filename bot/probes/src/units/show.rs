//! Reads one unit's settings as its files have them: which file says what, and which of its commands failed.

/// One setting of a unit, with the file that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) file: String,
    pub(crate) key: String,
    pub(crate) value: String,
}

/// A command of the unit that ended with an error, other than its main program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailedStep {
    /// `ExecStartPre`, `ExecCondition`, `ExecStartPost`.
    pub(crate) key: String,
    pub(crate) argv: String,
    pub(crate) status: i64,
}

/// What `unit.show` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) settings: Vec<Setting>,
    pub(crate) failed_step: Option<FailedStep>,
}

impl Shown {
    /// Reads the answer of `unit.show`.
    pub(crate) fn read(text: &str) -> Self {
        let (properties, cat) = text.split_once("-- cat").unwrap_or((text, ""));
        let mut shown = Self {
            failed_step: properties.lines().find_map(failed_step),
            ..Self::default()
        };
        let mut file = String::new();
        for line in cat.lines() {
            if let Some(path) = line.strip_prefix("# /") {
                file = format!("/{path}");
            } else if !line.starts_with(['#', ';', '['])
                && let Some((key, value)) = line.split_once('=')
            {
                shown.settings.push(Setting {
                    file: file.clone(),
                    key: key.trim().to_owned(),
                    value: value.trim().to_owned(),
                });
            }
        }
        shown
    }

    /// The last setting of that name: the one that counts.
    fn last(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().rfind(|setting| setting.key == key)
    }

    /// The paths of a list, with the setting of each; an empty value takes all before it back.
    fn paths(&self, keys: &[&str]) -> Vec<(String, &Setting)> {
        let mut paths = Vec::new();
        for setting in self
            .settings
            .iter()
            .filter(|setting| keys.contains(&setting.key.as_str()))
        {
            if setting.value.is_empty() {
                paths.clear();
            }
            for word in setting.value.split_whitespace() {
                let path = word.trim_start_matches(['-', '+', '!']);
                if path.starts_with('/') {
                    paths.push((path.trim_end_matches('/').to_owned(), setting));
                }
            }
        }
        paths
    }

    /// The setting that keeps the unit's processes from a path that mode and owner would give them; nothing where none does.
    pub(crate) fn keeps_from(&self, path: &str, own_folders: &[String]) -> Option<&Setting> {
        let deepest = |paths: Vec<(String, &'_ Setting)>| {
            paths
                .into_iter()
                .filter(|(of, _)| crate::rank::within(path, of))
                .map(|(of, _)| of.len())
                .max()
        };
        let hidden = self.paths(&["InaccessiblePaths", "InaccessibleDirectories"]);
        if let Some((_, setting)) = hidden
            .into_iter()
            .find(|(of, _)| crate::rank::within(path, of))
        {
            return Some(setting);
        }
        let open = deepest(self.paths(&["ReadWritePaths", "ReadWriteDirectories"]))
            .max(
                own_folders
                    .iter()
                    .filter(|of| crate::rank::within(path, of))
                    .map(String::len)
                    .max(),
            )
            .unwrap_or(0);
        let closed = self.paths(&["ReadOnlyPaths", "ReadOnlyDirectories"]);
        if let Some((_, setting)) = closed
            .into_iter()
            .find(|(of, _)| crate::rank::within(path, of) && of.len() >= open)
        {
            return Some(setting);
        }
        if open > 0 {
            return None;
        }
        let under = |roots: &[&str]| roots.iter().any(|root| crate::rank::within(path, root));
        if let Some(home) = self.last("ProtectHome")
            && !matches!(home.value.as_str(), "no" | "false" | "off" | "0" | "")
            && under(&["/home", "/root", "/run/user"])
        {
            return Some(home);
        }
        let system = self.last("ProtectSystem")?;
        let closed = match system.value.as_str() {
            "strict" => !under(&["/dev", "/proc", "/sys"]),
            "full" => under(&["/usr", "/boot", "/efi", "/etc"]),
            "yes" | "true" | "on" | "1" => under(&["/usr", "/boot", "/efi"]),
            _ => false,
        };
        closed.then_some(system)
    }
}

/// `ExecStartPre={ path=/bin/false ; argv[]=/bin/false -x ; ignore_errors=no ; … ; code=exited ; status=1 }`
fn failed_step(line: &str) -> Option<FailedStep> {
    let (key, rest) = line.split_once("={ ")?;
    if !matches!(
        key,
        "ExecStartPre" | "ExecCondition" | "ExecStartPost" | "ExecReload"
    ) || rest.contains("ignore_errors=yes")
    {
        return None;
    }
    let field = |name: &str| {
        rest.split(" ; ")
            .find_map(|part| part.trim().strip_prefix(name))
            .map(|value| value.trim_end_matches([' ', '}']))
    };
    let status = field("status=")?;
    let digits: String = status.chars().take_while(char::is_ascii_digit).collect();
    let status: i64 = digits.parse().ok()?;
    (status != 0).then(|| FailedStep {
        key: key.to_owned(),
        argv: field("argv[]=").unwrap_or_default().to_owned(),
        status,
    })
}

#[cfg(test)]
mod tests;
