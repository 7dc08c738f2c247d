-- One row is one class on a list that is not the newest word on it: a half-year's list and the year's list tell of the
-- same class, also when the provinces were merged in between.
with ranked as (

    select
        record.class_key,
        row_number() over (
            partition by
                coalesce(province.current_province_key, record.territory_key),
                record.title_match_key, record.place_match_key, record.starts_on,
                case when record.starts_on is null then record.period_end end
            order by
                record.known_on desc, record.period_end desc, record.artefact asc, record.sheet asc, record.cells asc
        ) as place
    from {{ ref('int_training_class') }} as record
    left join {{ ref('dim_province') }} as province on record.province_key = province.province_key

)

select class_key from ranked
where place > 1
