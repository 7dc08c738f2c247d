-- One row is one place name as written and the day of writing, with the province it means, if any.
-- Names match exactly after normalisation: no fuzzy match for a place.
with mentions as (

    select
        province_text as place_text,
        coalesce(published_on, {{ as_of() }}) as on_date
    from {{ ref('stg_artefact') }}
    union
    select
        province_text as place_text,
        coalesce(starts_on, {{ as_of() }}) as on_date
    from {{ ref('stg_programme') }}
    union
    select
        place_text,
        on_date
    from {{ ref('int_sheet') }}
    union
    select
        place_text,
        on_date
    from {{ ref('int_statement_place') }}

),

keyed as (

    select
        place_text,
        on_date,
        {{ place_key('place_text') }} as name_key,
        {{ is_former('place_text') }} as is_former
    from mentions
    where place_text is not null

),

ranked as (

    select
        keyed.place_text,
        keyed.on_date,
        keyed.is_former,
        name.province_key,
        name.territory_key,
        case
            when name.province_key is null then 'unknown'
            when keyed.is_former then 'former'
            when keyed.on_date between name.valid_from and coalesce(name.valid_to, date '9999-12-31') then 'valid'
            else 'other_time'
        end as resolution,
        row_number() over (
            partition by keyed.place_text, keyed.on_date
            order by
                -- "(cũ)" means the province before the merger
                case when keyed.is_former then name.valid_from end,
                case
                    when keyed.on_date between name.valid_from and coalesce(name.valid_to, date '9999-12-31') then 0
                    else 1
                end,
                -- a name out of use keeps its meaning: the last form that bore it
                case when name.valid_from <= keyed.on_date then 0 else 1 end,
                name.valid_from desc,
                name.province_key asc
        ) as choice
    from keyed
    left join {{ ref('int_province_name') }} as name on keyed.name_key = name.name_key

)

select
    place_text,
    on_date,
    province_key,
    territory_key,
    resolution
from ranked
where choice = 1
