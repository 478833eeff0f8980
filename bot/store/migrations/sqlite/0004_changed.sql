-- What changed lately is looked for every two seconds.
CREATE INDEX incident_changed ON incident (changed_at);
