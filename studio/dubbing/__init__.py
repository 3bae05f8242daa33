"""A film and its lines in, the same film with the lines said in it out.

script: subtitles in, who speaks and how  ->  timing: when each line is said, and how fast
->  job, tasks: spoken, heard, mixed (sound), lips drawn  ->  output: film, subtitles, report
"""
