-- Whoever asks to be forgotten is forgotten as a site's visitor too: their forms are found by phone.
create index lead_touches_phone on lead_touches (phone);
create index lead_people_lead on lead_people (lead_id);

-- Bytes whose rows went; removed in the night unless somebody else's file is the same.
create table erased_files (
    sha256    text primary key,
    erased_at timestamptz not null
);
create index files_sha256 on files (sha256);
