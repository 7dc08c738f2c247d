-- One row is one training class, as one sheet delivers it.
{{ config(materialized='view') }}
select
    record.class_key,
    record.province_key,
    province.current_province_key,
    record.programme,
    record.period_end,
    record.title,
    record.topic,
    record.organiser,
    record.place,
    record.starts_on,
    record.ends_on,
    record.learners,
    record.female,
    record.ethnic_minority,
    record.managers,
    record.budget_vnd,
    record.funding,
    record.fields,
    record.published_on,
    record.known_on,
    record.artefact,
    record.file,
    record.sheet,
    record.cells,
    record.row_no,
    record.layout,
    record.is_hidden,
    record.class_key not in (
        select superseded.class_key from {{ within_database(ref('int_training_class_superseded')) }} as superseded
    ) as is_newest
from {{ within_database(ref('int_training_class')) }} as record
left join {{ within_database(ref('dim_province')) }} as province on record.province_key = province.province_key
