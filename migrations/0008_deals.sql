-- Files on their way to a CRM's drive: where the next part goes and how much has arrived, so that a
-- crash repeats one part of a file and not the file. A row lives as long as its upload.
create table crm_uploads (
    connection text not null,
    file_id    text not null,
    next_url   text not null,
    part_size  bigint not null,
    sent       bigint not null,
    begun_at   timestamptz not null,
    primary key (connection, file_id)
);
