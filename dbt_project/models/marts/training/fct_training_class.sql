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
    -- a half-year's list and the year's list tell of the same class, also when the provinces were merged in between
    row_number() over (
        partition by
            coalesce(province.current_province_key, record.territory_key),
            record.title_match_key, record.place_match_key, record.starts_on,
            case when record.starts_on is null then record.period_end end
        order by record.known_on desc, record.period_end desc, record.artefact asc, record.sheet asc, record.cells asc
    ) = 1 as is_newest
from {{ within_database(ref('int_training_class')) }} as record
left join {{ within_database(ref('dim_province')) }} as province on record.province_key = province.province_key
