@echo off
rem Drop a folder of reports on this file: its site is built beside it, as FOLDER-site, and opened.
if "%~1"=="" (
    echo Drop the folder with the reports on this file.
    pause
    exit /b 2
)
"%~dp0fangzhi.exe" build "%~1" -o "%~f1-site"
if errorlevel 2 (
    pause
    exit /b 2
)
start "" "%~f1-site\index.html"
pause
