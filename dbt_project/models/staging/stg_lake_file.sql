-- One row is one file of the lake, of the types that have a file for each document, with a stamp that is another one
-- once the file was written again.
{% for record_type in [
    'artefact', 'record_verdict', 'cooperative_status', 'training_class', 'loan', 'support', 'indicator_report'
] %}
select
    '{{ record_type }}' as record_type,
    lake_file,
    file_stamp
from {{ lake_files(record_type) }} as file
{% if not loop.last %}
union all
{% endif %}
{% endfor %}
