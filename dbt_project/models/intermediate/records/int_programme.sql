-- One row is one programme, with the province it was made for.
with programme as (

    select
        stg_programme.*,
        -- the registry's row wins over what an index says
        row_number() over (
            partition by programme
            order by registered desc, name_vi asc, starts_on asc, ends_on asc, publisher asc
        ) as choice
    from {{ ref('stg_programme') }} as stg_programme

)

select
    programme.programme,
    programme.name_vi,
    programme.name_en,
    programme.aliases,
    place.province_key,
    place.territory_key,
    programme.province_text,
    programme.starts_on,
    programme.ends_on,
    programme.legal_basis,
    programme.publisher,
    programme.registered
from programme
left join {{ ref('int_place') }} as place
    on
        programme.province_text = place.place_text
        and coalesce(programme.starts_on, {{ as_of() }}) = place.on_date
where programme.choice = 1
