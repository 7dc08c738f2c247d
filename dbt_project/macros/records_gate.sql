{# The records of one type without what the gate `records` keeps back: rows by their place, documents as a whole. #}
{% macro accepted_records(record_type, place) -%}
    select
        record.*,
        record.filename as lake_file
    from {{ source('lake', record_type) }} as record
    left join {{ ref('stg_record_verdict') }} as whole
        on record.artefact = whole.artefact and whole.record_type is null
    left join {{ ref('stg_record_verdict') }} as one
        on
            record.artefact = one.artefact
            and one.record_type = '{{ record_type }}'
            {%- if record_type != 'statement' %}
            and record.sheet = one.sheet
            {%- endif %}
            and cast(record.{{ place }} as string) = one.place
    where whole.artefact is null and one.artefact is null
{%- endmacro %}
