-- One row is one place name that is no province's name: nothing is guessed, a person decides.
with used as (

    select
        province_text as place_text,
        artefact
    from {{ ref('int_artefact') }}
    union
    select
        report_province as place_text,
        artefact
    from {{ ref('int_sheet') }}
    union
    select
        place_text,
        artefact
    from {{ ref('int_statement_place') }}

)

select
    place.place_text,
    count(distinct used.artefact) as documents,
    min(artefact.file) as file
from {{ ref('int_place') }} as place
inner join used on place.place_text = used.place_text
inner join {{ ref('int_artefact') }} as artefact on used.artefact = artefact.artefact
where place.resolution = 'unknown'
group by place.place_text
