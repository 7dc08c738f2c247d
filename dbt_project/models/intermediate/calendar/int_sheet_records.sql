-- One row is one sheet of a workbook and one record type, with the records accepted from it.
{% for record_type, model in [
    ('cooperative_status', 'stg_cooperative_status'), ('training_class', 'stg_training_class'), ('loan', 'stg_loan'),
    ('indicator_report', 'stg_indicator_report')
] %}
select
    artefact,
    sheet,
    '{{ record_type }}' as record_type,
    count(*) as records
from {{ ref(model) }}
group by artefact, sheet
{% if not loop.last %}
union all
{% endif %}
{% endfor %}
